/* export_mapping.h: private to this folder: a file by a saved mapping, written to `to`. */
#ifndef TUTTI_SERVER_CTL_EXPORT_MAPPING_H
#define TUTTI_SERVER_CTL_EXPORT_MAPPING_H

#include <stdio.h>

#include "server/ctl/ctl.h"

/* `again`: the number of a file that was made before; 0: the next one, which is kept before it is written. A
 * workbook is made on the disk of `folder`. */
MUST_USE err export_mapping(struct data_dir *d, const char *folder, const char *name, uint32_t again,
                            FILE *to, struct fault *fault);

#endif
