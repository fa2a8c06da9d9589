/*
 * Counts the calls that libfiu's POSIX failure points stand for, and lets the one fail that the control file names.
 * libfiu itself can fail the first call or random ones only. Loaded beside libfiu (see eio.ts), in this layout:
 *   control[0] armed   control[1] which call   control[2] 0: that one, 1: that one and all after it
 *   control[3] counted so far   control[4] failed so far
 * While there is a folder CONTROL.off nothing fails: how the program that is tested ends it, when all its writes fail.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

typedef int external_cb_t(const char *name, int *failnum, void **failinfo, unsigned int *flags);
int fiu_init(unsigned int flags);
int fiu_enable_external(const char *name, int failnum, void *failinfo, unsigned int flags, external_cb_t *cb);

static volatile int *control;
static char off[4096];

static int decide(const char *name, int *failnum, void **failinfo, unsigned int *flags)
{
	(void)name; (void)failnum; (void)failinfo; (void)flags;
	/* The store runs in the main thread; what others do is not its business. */
	if (control == NULL || !control[0] || syscall(SYS_gettid) != getpid())
		return 0;
	if (syscall(SYS_faccessat, AT_FDCWD, off, F_OK) == 0)
		return 0;
	int number = ++control[3];
	int fails = control[2] ? number >= control[1] : number == control[1];
	if (fails)
		control[4]++;
	return fails;
}

__attribute__((constructor)) static void start(void)
{
	static const char *names[] = {
		"posix/io/oc/open", "posix/io/rw/read", "posix/io/rw/pread", "posix/io/rw/write", "posix/io/rw/pwrite",
		"posix/io/rw/ftruncate", "posix/io/sync/fsync", "posix/io/sync/fdatasync", "posix/io/dir/unlink",
		"posix/io/dir/rename",
	};
	const char *path = getenv("FAILPOINT_CONTROL");
	int file = path == NULL ? -1 : open(path, O_RDWR);
	if (file < 0)
		return;
	void *map = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	if (map == MAP_FAILED)
		return;
	snprintf(off, sizeof off, "%s.off", path);
	control = map;
	fiu_init(0);
	for (unsigned i = 0; i < sizeof names / sizeof *names; i++)
		fiu_enable_external(names[i], 5 /* EIO */, (void *)5, 0, decide);
}
