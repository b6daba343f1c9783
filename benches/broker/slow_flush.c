// Makes each flush of the process that preloads it (LD_PRELOAD) last SLOW_FLUSH_US microseconds longer, as on a disk
// that really has to write. Flushes of several threads wait side by side, as commands do in a disk's queue.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

static int flush(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    int result = real(file);
    const char *longer = getenv("SLOW_FLUSH_US");
    if (longer) usleep((useconds_t)atoi(longer));
    return result;
}

int fsync(int file) { return flush("fsync", file); }

int fdatasync(int file) { return flush("fdatasync", file); }
