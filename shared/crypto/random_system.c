/* random_system.c: on Linux libsodium finds the kernel's randomness by itself. */
#include "shared/crypto/random.h"

/* Deliberately empty: the simulator may install a source of its own before crypto_init, and this must not
 * replace it. */
void random_source_install(void) {}
