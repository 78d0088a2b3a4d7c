/**
 * POSIX and Linux types (with glibc's sizes on x86-64, as QEMU keeps some of them by value), constants and functions
 * that come with the headers which QEMU's common header includes for every file.
 */
export const POSIX = `
typedef unsigned char u_char; typedef unsigned short u_short; typedef unsigned int u_int; typedef unsigned long u_long; typedef unsigned int uint; typedef unsigned long ulong; typedef unsigned short ushort;
typedef unsigned char u_int8_t; typedef unsigned short u_int16_t; typedef unsigned int u_int32_t; typedef unsigned long u_int64_t; typedef long quad_t; typedef unsigned long u_quad_t; typedef char *caddr_t;
typedef long off_t; typedef long off64_t; typedef long loff_t; typedef int pid_t; typedef unsigned int uid_t; typedef unsigned int gid_t; typedef unsigned int id_t; typedef unsigned int mode_t; typedef unsigned long dev_t; typedef unsigned long ino_t; typedef unsigned long nlink_t; typedef long blksize_t; typedef long blkcnt_t; typedef unsigned long fsblkcnt_t; typedef unsigned long fsfilcnt_t; typedef int key_t; typedef unsigned int socklen_t;
struct stat { dev_t st_dev; ino_t st_ino; nlink_t st_nlink; mode_t st_mode; uid_t st_uid; gid_t st_gid; int __pad0; dev_t st_rdev; off_t st_size; blksize_t st_blksize; blkcnt_t st_blocks; struct timespec st_atim; struct timespec st_mtim; struct timespec st_ctim; long __unused[3]; };
#define st_atime st_atim.tv_sec
#define st_mtime st_mtim.tv_sec
#define st_ctime st_ctim.tv_sec
#define S_IFMT 0170000
#define S_IFSOCK 0140000
#define S_IFLNK 0120000
#define S_IFREG 0100000
#define S_IFBLK 0060000
#define S_IFDIR 0040000
#define S_IFCHR 0020000
#define S_IFIFO 0010000
#define S_ISUID 04000
#define S_ISGID 02000
#define S_ISVTX 01000
#define S_IRWXU 0700
#define S_IRUSR 0400
#define S_IWUSR 0200
#define S_IXUSR 0100
#define S_IRWXG 0070
#define S_IRGRP 0040
#define S_IWGRP 0020
#define S_IXGRP 0010
#define S_IRWXO 0007
#define S_IROTH 0004
#define S_IWOTH 0002
#define S_IXOTH 0001
#define S_ISREG(m) (((m) & S_IFMT) == S_IFREG)
#define S_ISDIR(m) (((m) & S_IFMT) == S_IFDIR)
#define S_ISCHR(m) (((m) & S_IFMT) == S_IFCHR)
#define S_ISBLK(m) (((m) & S_IFMT) == S_IFBLK)
#define S_ISFIFO(m) (((m) & S_IFMT) == S_IFIFO)
#define S_ISLNK(m) (((m) & S_IFMT) == S_IFLNK)
#define S_ISSOCK(m) (((m) & S_IFMT) == S_IFSOCK)
#define UTIME_NOW ((1l << 30) - 1l)
#define UTIME_OMIT ((1l << 30) - 2l)
int stat(const char *p, struct stat *s); int fstat(int fd, struct stat *s); int lstat(const char *p, struct stat *s); int fstatat(int fd, const char *p, struct stat *s, int flags); int chmod(const char *p, mode_t m); int fchmod(int fd, mode_t m); int mkdir(const char *p, mode_t m); int mknod(const char *p, mode_t m, dev_t d); int mkfifo(const char *p, mode_t m); mode_t umask(mode_t m); int utimensat(int fd, const char *p, const struct timespec t[2], int flags); int futimens(int fd, const struct timespec t[2]);
#define O_ACCMODE 3
#define O_RDONLY 0
#define O_WRONLY 1
#define O_RDWR 2
#define O_CREAT 0100
#define O_EXCL 0200
#define O_NOCTTY 0400
#define O_TRUNC 01000
#define O_APPEND 02000
#define O_NONBLOCK 04000
#define O_NDELAY O_NONBLOCK
#define O_DSYNC 010000
#define O_ASYNC 020000
#define O_DIRECT 040000
#define O_LARGEFILE 0
#define O_DIRECTORY 0200000
#define O_NOFOLLOW 0400000
#define O_NOATIME 01000000
#define O_CLOEXEC 02000000
#define O_SYNC 04010000
#define O_PATH 010000000
#define O_TMPFILE 020200000
#define F_DUPFD 0
#define F_GETFD 1
#define F_SETFD 2
#define F_GETFL 3
#define F_SETFL 4
#define F_GETLK 5
#define F_SETLK 6
#define F_SETLKW 7
#define F_SETOWN 8
#define F_DUPFD_CLOEXEC 1030
#define F_ADD_SEALS 1033
#define F_OFD_GETLK 36
#define F_OFD_SETLK 37
#define F_OFD_SETLKW 38
#define FD_CLOEXEC 1
#define F_RDLCK 0
#define F_WRLCK 1
#define F_UNLCK 2
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#define F_SEAL_WRITE 8
#define AT_FDCWD (-100)
#define AT_SYMLINK_NOFOLLOW 0x100
#define AT_REMOVEDIR 0x200
#define AT_EMPTY_PATH 0x1000
#define FALLOC_FL_KEEP_SIZE 1
#define FALLOC_FL_PUNCH_HOLE 2
#define FALLOC_FL_ZERO_RANGE 16
#define POSIX_FADV_DONTNEED 4
struct flock { short l_type; short l_whence; off_t l_start; off_t l_len; pid_t l_pid; };
int open(const char *p, int flags, ...); int openat(int fd, const char *p, int flags, ...); int creat(const char *p, mode_t m); int fcntl(int fd, int cmd, ...); int posix_fallocate(int fd, off_t o, off_t n); int fallocate(int fd, int mode, off_t o, off_t n); int posix_fadvise(int fd, off_t o, off_t n, int a); ssize_t splice(int a, loff_t *ao, int b, loff_t *bo, size_t n, unsigned int f); int sync_file_range(int fd, off_t o, off_t n, unsigned int f);
#define STDIN_FILENO 0
#define STDOUT_FILENO 1
#define STDERR_FILENO 2
#define R_OK 4
#define W_OK 2
#define X_OK 1
#define F_OK 0
#define _SC_ARG_MAX 0
#define _SC_CLK_TCK 2
#define _SC_OPEN_MAX 4
#define _SC_PAGESIZE 30
#define _SC_PAGE_SIZE 30
#define _SC_IOV_MAX 60
#define _SC_GETPW_R_SIZE_MAX 70
#define _SC_NPROCESSORS_CONF 83
#define _SC_NPROCESSORS_ONLN 84
#define _SC_PHYS_PAGES 85
#define _SC_LEVEL1_ICACHE_LINESIZE 187
#define _SC_LEVEL1_DCACHE_LINESIZE 190
#define PATH_MAX 4096
#define NAME_MAX 255
#define IOV_MAX 1024
#define HOST_NAME_MAX 64
#define L_INCR SEEK_CUR
extern char **environ; extern char *optarg; extern int optind; extern int opterr; extern int optopt; extern char *program_invocation_name; extern char *program_invocation_short_name;
struct option { const char *name; int has_arg; int *flag; int val; };
#define no_argument 0
#define required_argument 1
#define optional_argument 2
int getopt(int argc, char *const *argv, const char *s); int getopt_long(int argc, char *const *argv, const char *s, const struct option *o, int *i); int getopt_long_only(int argc, char *const *argv, const char *s, const struct option *o, int *i);
ssize_t read(int fd, void *p, size_t n); ssize_t write(int fd, const void *p, size_t n); ssize_t pread(int fd, void *p, size_t n, off_t o); ssize_t pwrite(int fd, const void *p, size_t n, off_t o); int close(int fd); off_t lseek(int fd, off_t o, int w); off_t lseek64(int fd, off_t o, int w); int fsync(int fd); int fdatasync(int fd); void sync(void); int ftruncate(int fd, off_t n); int truncate(const char *p, off_t n); ssize_t copy_file_range(int a, off_t *ao, int b, off_t *bo, size_t n, unsigned int f);
int access(const char *p, int m); int unlink(const char *p); int unlinkat(int fd, const char *p, int f); int rmdir(const char *p); int link(const char *a, const char *b); int symlink(const char *a, const char *b); ssize_t readlink(const char *p, char *b, size_t n); int chdir(const char *p); int fchdir(int fd); char *getcwd(char *b, size_t n); int chroot(const char *p); int chown(const char *p, uid_t u, gid_t g); int fchown(int fd, uid_t u, gid_t g); int renameat(int a, const char *ap, int b, const char *bp); long pathconf(const char *p, int n);
int dup(int fd); int dup2(int a, int b); int dup3(int a, int b, int f); int pipe(int *fds); int pipe2(int *fds, int f); int isatty(int fd); char *ttyname(int fd); int getpagesize(void); long sysconf(int n); int gethostname(char *b, size_t n); unsigned int sleep(unsigned int s); int usleep(useconds_t u); unsigned int alarm(unsigned int s); int pause(void); int nice(int i);
pid_t fork(void); pid_t vfork(void); int execv(const char *p, char *const *argv); int execve(const char *p, char *const *argv, char *const *envp); int execvp(const char *p, char *const *argv); int execl(const char *p, const char *a, ...); int execlp(const char *p, const char *a, ...); int execle(const char *p, const char *a, ...); pid_t getpid(void); pid_t getppid(void); pid_t gettid(void); pid_t getpgrp(void); pid_t setsid(void); int setpgid(pid_t a, pid_t b); uid_t getuid(void); uid_t geteuid(void); gid_t getgid(void); gid_t getegid(void); int setuid(uid_t u); int seteuid(uid_t u); int setgid(gid_t g); int setegid(gid_t g); int setgroups(size_t n, const gid_t *g); int initgroups(const char *u, gid_t g); int daemon(int nochdir, int noclose); long syscall(long n, ...); int brk(void *p); void *sbrk(long n);
#define timersub(a, b, r) do { (r)->tv_sec = (a)->tv_sec - (b)->tv_sec; (r)->tv_usec = (a)->tv_usec - (b)->tv_usec; if ((r)->tv_usec < 0) { --(r)->tv_sec; (r)->tv_usec += 1000000; } } while (0)
#define timeradd(a, b, r) do { (r)->tv_sec = (a)->tv_sec + (b)->tv_sec; (r)->tv_usec = (a)->tv_usec + (b)->tv_usec; if ((r)->tv_usec >= 1000000) { ++(r)->tv_sec; (r)->tv_usec -= 1000000; } } while (0)
struct timezone { int tz_minuteswest; int tz_dsttime; }; struct itimerval { struct timeval it_interval; struct timeval it_value; };
int gettimeofday(struct timeval *t, void *tz); int settimeofday(const struct timeval *t, const struct timezone *tz); int utimes(const char *p, const struct timeval t[2]); int setitimer(int w, const struct itimerval *n, struct itimerval *o);
typedef struct { unsigned long fds_bits[16]; } fd_set;
#define FD_SETSIZE 1024
#define FD_ZERO(s) memset((s), 0, sizeof(fd_set))
#define FD_SET(d, s) ((s)->fds_bits[(d) / 64] |= 1UL << ((d) % 64))
#define FD_CLR(d, s) ((s)->fds_bits[(d) / 64] &= ~(1UL << ((d) % 64)))
#define FD_ISSET(d, s) (((s)->fds_bits[(d) / 64] & (1UL << ((d) % 64))) != 0)
int select(int n, fd_set *r, fd_set *w, fd_set *e, struct timeval *t);
typedef struct { unsigned long __val[16]; } sigset_t; typedef int sig_atomic_t; typedef void (*sighandler_t)(int); typedef void (*__sighandler_t)(int);
union sigval { int sival_int; void *sival_ptr; }; typedef union sigval sigval_t;
typedef struct { int si_signo; int si_errno; int si_code; int __pad0; union { int _pad[28]; struct { pid_t si_pid; uid_t si_uid; int si_status; } _kill; struct { int si_tid; int si_overrun; sigval_t si_sigval; } _timer; struct { pid_t si_pid; uid_t si_uid; sigval_t si_sigval; } _rt; struct { pid_t si_pid; uid_t si_uid; int si_status; clock_t si_utime; clock_t si_stime; } _sigchld; struct { void *si_addr; short si_addr_lsb; } _sigfault; struct { long si_band; int si_fd; } _sigpoll; } _sifields; } siginfo_t;
#define si_pid _sifields._kill.si_pid
#define si_uid _sifields._kill.si_uid
#define si_status _sifields._sigchld.si_status
#define si_utime _sifields._sigchld.si_utime
#define si_stime _sifields._sigchld.si_stime
#define si_value _sifields._rt.si_sigval
#define si_int _sifields._rt.si_sigval.sival_int
#define si_ptr _sifields._rt.si_sigval.sival_ptr
#define si_addr _sifields._sigfault.si_addr
#define si_addr_lsb _sifields._sigfault.si_addr_lsb
#define si_band _sifields._sigpoll.si_band
#define si_fd _sifields._sigpoll.si_fd
#define si_timerid _sifields._timer.si_tid
#define si_overrun _sifields._timer.si_overrun
struct sigaction { union { __sighandler_t sa_handler; void (*sa_sigaction)(int, siginfo_t *, void *); } __h; sigset_t sa_mask; int sa_flags; void (*sa_restorer)(void); };
#define sa_handler __h.sa_handler
#define sa_sigaction __h.sa_sigaction
typedef struct { void *ss_sp; int ss_flags; size_t ss_size; } stack_t;
struct sigevent { sigval_t sigev_value; int sigev_signo; int sigev_notify; int __pad[12]; };
typedef struct { long gregs[23]; void *fpregs; unsigned long __reserved1[8]; } mcontext_t;
typedef struct ucontext_t { unsigned long uc_flags; struct ucontext_t *uc_link; stack_t uc_stack; mcontext_t uc_mcontext; sigset_t uc_sigmask; unsigned char __fpregs_mem[512]; unsigned long __ssp[4]; } ucontext_t;
enum { REG_R8 = 0, REG_R9, REG_R10, REG_R11, REG_R12, REG_R13, REG_R14, REG_R15, REG_RDI, REG_RSI, REG_RBP, REG_RBX, REG_RDX, REG_RAX, REG_RCX, REG_RSP, REG_RIP, REG_EFL, REG_CSGSFS, REG_ERR, REG_TRAPNO, REG_OLDMASK, REG_CR2 };
#define SIG_DFL ((__sighandler_t)0)
#define SIG_IGN ((__sighandler_t)1)
#define SIG_ERR ((__sighandler_t)-1)
#define SIG_BLOCK 0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2
#define SA_NOCLDSTOP 1
#define SA_NOCLDWAIT 2
#define SA_SIGINFO 4
#define SA_ONSTACK 0x08000000
#define SA_RESTART 0x10000000
#define SA_NODEFER 0x40000000
#define SA_RESETHAND 0x80000000
#define SIGHUP 1
#define SIGINT 2
#define SIGQUIT 3
#define SIGILL 4
#define SIGTRAP 5
#define SIGABRT 6
#define SIGIOT 6
#define SIGBUS 7
#define SIGFPE 8
#define SIGKILL 9
#define SIGUSR1 10
#define SIGSEGV 11
#define SIGUSR2 12
#define SIGPIPE 13
#define SIGALRM 14
#define SIGTERM 15
#define SIGSTKFLT 16
#define SIGCHLD 17
#define SIGCONT 18
#define SIGSTOP 19
#define SIGTSTP 20
#define SIGTTIN 21
#define SIGTTOU 22
#define SIGURG 23
#define SIGXCPU 24
#define SIGXFSZ 25
#define SIGVTALRM 26
#define SIGPROF 27
#define SIGWINCH 28
#define SIGIO 29
#define SIGPOLL 29
#define SIGPWR 30
#define SIGSYS 31
#define NSIG 65
#define _NSIG 65
#define SIGRTMIN 34
#define SIGRTMAX 64
#define SIGEV_SIGNAL 0
#define SIGEV_NONE 1
#define SIGEV_THREAD 2
#define SIGEV_THREAD_ID 4
#define SI_USER 0
#define SI_KERNEL 0x80
#define SI_QUEUE (-1)
#define SI_TIMER (-2)
#define SEGV_MAPERR 1
#define SEGV_ACCERR 2
#define BUS_ADRALN 1
#define BUS_ADRERR 2
#define BUS_OBJERR 3
#define BUS_MCEERR_AR 4
#define BUS_MCEERR_AO 5
#define ILL_ILLOPC 1
#define ILL_ILLOPN 2
#define FPE_INTDIV 1
#define TRAP_BRKPT 1
#define TRAP_TRACE 2
#define SS_ONSTACK 1
#define SS_DISABLE 2
#define MINSIGSTKSZ 2048
#define SIGSTKSZ 8192
__sighandler_t signal(int s, __sighandler_t h); int raise(int s); int kill(pid_t p, int s); int killpg(pid_t p, int s); int sigaction(int s, const struct sigaction *a, struct sigaction *o); int sigemptyset(sigset_t *s); int sigfillset(sigset_t *s); int sigaddset(sigset_t *s, int n); int sigdelset(sigset_t *s, int n); int sigismember(const sigset_t *s, int n); int sigprocmask(int how, const sigset_t *s, sigset_t *o); int sigpending(sigset_t *s); int sigsuspend(const sigset_t *s); int sigwait(const sigset_t *s, int *n); int sigwaitinfo(const sigset_t *s, siginfo_t *i); int sigtimedwait(const sigset_t *s, siginfo_t *i, const struct timespec *t); int sigaltstack(const stack_t *s, stack_t *o); int sigqueue(pid_t p, int s, const union sigval v); int timer_create(clockid_t c, struct sigevent *e, timer_t *t); int timer_delete(timer_t t); int timer_settime(timer_t t, int f, const struct itimerspec *n, struct itimerspec *o); int timer_gettime(timer_t t, struct itimerspec *o);
#define WNOHANG 1
#define WUNTRACED 2
#define WEXITSTATUS(s) (((s) & 0xff00) >> 8)
#define WTERMSIG(s) ((s) & 0x7f)
#define WIFEXITED(s) (((s) & 0x7f) == 0)
#define WIFSIGNALED(s) (((signed char)(((s) & 0x7f) + 1) >> 1) > 0)
#define WCOREDUMP(s) ((s) & 0x80)
pid_t wait(int *s); pid_t waitpid(pid_t p, int *s, int o);
typedef unsigned long pthread_t; typedef union { char __size[56]; long __align; } pthread_attr_t; typedef union { char __size[40]; long __align; } pthread_mutex_t; typedef union { char __size[4]; int __align; } pthread_mutexattr_t; typedef union { char __size[48]; long __align; } pthread_cond_t; typedef union { char __size[4]; int __align; } pthread_condattr_t; typedef unsigned int pthread_key_t; typedef int pthread_once_t; typedef union { char __size[56]; long __align; } pthread_rwlock_t; typedef union { char __size[8]; long __align; } pthread_rwlockattr_t; typedef volatile int pthread_spinlock_t; typedef union { char __size[32]; long __align; } pthread_barrier_t; typedef union { char __size[4]; int __align; } pthread_barrierattr_t;
typedef struct { unsigned long __bits[16]; } cpu_set_t; struct sched_param { int sched_priority; };
typedef union { char __size[32]; long __align; } sem_t;
#define CPU_SETSIZE 1024
#define CPU_ZERO(s) memset((s), 0, sizeof(cpu_set_t))
#define CPU_SET(d, s) ((s)->__bits[(d) / 64] |= 1UL << ((d) % 64))
#define CPU_ISSET(d, s) (((s)->__bits[(d) / 64] & (1UL << ((d) % 64))) != 0)
int sched_yield(void); int sched_getcpu(void); int sched_setaffinity(pid_t p, size_t n, const cpu_set_t *s); int sched_getaffinity(pid_t p, size_t n, cpu_set_t *s);
`;
