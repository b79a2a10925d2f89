/* random.h: private to this folder: where libsodium itself would draw randomness from. */
#ifndef TUTTI_CRYPTO_RANDOM_H
#define TUTTI_CRYPTO_RANDOM_H

/* Called before libsodium starts. Nothing of ours draws from this source; libsodium's start-up does (a canary
 * it never uses for us). */
void random_source_install(void);

#endif
