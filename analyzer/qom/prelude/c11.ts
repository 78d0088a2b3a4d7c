/** The C library's types, limits and functions (C11 clause 7, with glibc's additions to those headers). */
export const C11 = `
typedef signed char int8_t; typedef unsigned char uint8_t;
typedef short int16_t; typedef unsigned short uint16_t;
typedef int int32_t; typedef unsigned int uint32_t;
typedef long int64_t; typedef unsigned long uint64_t;
typedef signed char int_least8_t; typedef unsigned char uint_least8_t;
typedef short int_least16_t; typedef unsigned short uint_least16_t;
typedef int int_least32_t; typedef unsigned int uint_least32_t;
typedef long int_least64_t; typedef unsigned long uint_least64_t;
typedef signed char int_fast8_t; typedef unsigned char uint_fast8_t;
typedef long int_fast16_t; typedef unsigned long uint_fast16_t;
typedef long int_fast32_t; typedef unsigned long uint_fast32_t;
typedef long int_fast64_t; typedef unsigned long uint_fast64_t;
typedef long intptr_t; typedef unsigned long uintptr_t;
typedef long intmax_t; typedef unsigned long uintmax_t;
typedef unsigned long size_t; typedef long ptrdiff_t; typedef int wchar_t; typedef unsigned int wint_t;
typedef long ssize_t; typedef struct { long __max_align[4]; } __attribute__((aligned(16))) max_align_t;
typedef struct __va_list_tag *va_list;
typedef struct __va_list_tag *__gnuc_va_list;
#define va_start(ap, last) __builtin_va_start(ap, last)
#define va_end(ap) __builtin_va_end(ap)
#define va_arg(ap, type) __builtin_va_arg(ap, type)
#define va_copy(d, s) __builtin_va_copy(d, s)
#define NULL ((void *)0)
#define offsetof(type, member) __builtin_offsetof(type, member)
#define bool _Bool
#define true 1
#define false 0
#define __bool_true_false_are_defined 1
#define CHAR_BIT 8
#define SCHAR_MIN (-128)
#define SCHAR_MAX 127
#define UCHAR_MAX 255
#define CHAR_MIN (-128)
#define CHAR_MAX 127
#define SHRT_MIN (-32768)
#define SHRT_MAX 32767
#define USHRT_MAX 65535
#define INT_MIN (-2147483647 - 1)
#define INT_MAX 2147483647
#define UINT_MAX 4294967295U
#define LONG_MIN (-9223372036854775807L - 1L)
#define LONG_MAX 9223372036854775807L
#define ULONG_MAX 18446744073709551615UL
#define LLONG_MIN (-9223372036854775807LL - 1LL)
#define LLONG_MAX 9223372036854775807LL
#define ULLONG_MAX 18446744073709551615ULL
#define LONG_BIT 64
#define WORD_BIT 32
#define SSIZE_MAX LONG_MAX
#define INT8_MIN (-128)
#define INT16_MIN (-32768)
#define INT32_MIN (-2147483647 - 1)
#define INT64_MIN (-9223372036854775807L - 1L)
#define INT8_MAX 127
#define INT16_MAX 32767
#define INT32_MAX 2147483647
#define INT64_MAX 9223372036854775807L
#define UINT8_MAX 255
#define UINT16_MAX 65535
#define UINT32_MAX 4294967295U
#define UINT64_MAX 18446744073709551615UL
#define INTPTR_MIN INT64_MIN
#define INTPTR_MAX INT64_MAX
#define UINTPTR_MAX UINT64_MAX
#define INTMAX_MIN INT64_MIN
#define INTMAX_MAX INT64_MAX
#define UINTMAX_MAX UINT64_MAX
#define PTRDIFF_MIN INT64_MIN
#define PTRDIFF_MAX INT64_MAX
#define SIZE_MAX UINT64_MAX
#define INT8_C(c) c
#define INT16_C(c) c
#define INT32_C(c) c
#define INT64_C(c) c ## L
#define UINT8_C(c) c
#define UINT16_C(c) c
#define UINT32_C(c) c ## U
#define UINT64_C(c) c ## UL
#define INTMAX_C(c) c ## L
#define UINTMAX_C(c) c ## UL
#define PRId8 "d"
#define PRId16 "d"
#define PRId32 "d"
#define PRId64 "ld"
#define PRIi8 "i"
#define PRIi16 "i"
#define PRIi32 "i"
#define PRIi64 "li"
#define PRIo8 "o"
#define PRIo16 "o"
#define PRIo32 "o"
#define PRIo64 "lo"
#define PRIu8 "u"
#define PRIu16 "u"
#define PRIu32 "u"
#define PRIu64 "lu"
#define PRIx8 "x"
#define PRIx16 "x"
#define PRIx32 "x"
#define PRIx64 "lx"
#define PRIX8 "X"
#define PRIX16 "X"
#define PRIX32 "X"
#define PRIX64 "lX"
#define PRIdMAX "ld"
#define PRIiMAX "li"
#define PRIuMAX "lu"
#define PRIxMAX "lx"
#define PRIXMAX "lX"
#define PRIdPTR "ld"
#define PRIiPTR "li"
#define PRIuPTR "lu"
#define PRIxPTR "lx"
#define PRIXPTR "lX"
#define SCNd32 "d"
#define SCNd64 "ld"
#define SCNi64 "li"
#define SCNu8 "hhu"
#define SCNu16 "hu"
#define SCNu32 "u"
#define SCNu64 "lu"
#define SCNx8 "hhx"
#define SCNx16 "hx"
#define SCNx32 "x"
#define SCNx64 "lx"
#define errno (*__errno_location())
int *__errno_location(void);
#define EPERM 1
#define ENOENT 2
#define ESRCH 3
#define EINTR 4
#define EIO 5
#define ENXIO 6
#define E2BIG 7
#define ENOEXEC 8
#define EBADF 9
#define ECHILD 10
#define EAGAIN 11
#define EWOULDBLOCK 11
#define ENOMEM 12
#define EACCES 13
#define EFAULT 14
#define ENOTBLK 15
#define EBUSY 16
#define EEXIST 17
#define EXDEV 18
#define ENODEV 19
#define ENOTDIR 20
#define EISDIR 21
#define EINVAL 22
#define ENFILE 23
#define EMFILE 24
#define ENOTTY 25
#define ETXTBSY 26
#define EFBIG 27
#define ENOSPC 28
#define ESPIPE 29
#define EROFS 30
#define EMLINK 31
#define EPIPE 32
#define EDOM 33
#define ERANGE 34
#define EDEADLK 35
#define ENAMETOOLONG 36
#define ENOLCK 37
#define ENOSYS 38
#define ENOTEMPTY 39
#define ELOOP 40
#define ENOMSG 42
#define EIDRM 43
#define ENOSTR 60
#define ENODATA 61
#define ETIME 62
#define EREMOTE 66
#define ENOLINK 67
#define EPROTO 71
#define EBADMSG 74
#define EOVERFLOW 75
#define EILSEQ 84
#define EUSERS 87
#define ENOTSOCK 88
#define EDESTADDRREQ 89
#define EMSGSIZE 90
#define EPROTOTYPE 91
#define ENOPROTOOPT 92
#define EPROTONOSUPPORT 93
#define ESOCKTNOSUPPORT 94
#define EOPNOTSUPP 95
#define ENOTSUP 95
#define EPFNOSUPPORT 96
#define EAFNOSUPPORT 97
#define EADDRINUSE 98
#define EADDRNOTAVAIL 99
#define ENETDOWN 100
#define ENETUNREACH 101
#define ENETRESET 102
#define ECONNABORTED 103
#define ECONNRESET 104
#define ENOBUFS 105
#define EISCONN 106
#define ENOTCONN 107
#define ESHUTDOWN 108
#define ETIMEDOUT 110
#define ECONNREFUSED 111
#define EHOSTDOWN 112
#define EHOSTUNREACH 113
#define EALREADY 114
#define EINPROGRESS 115
#define ESTALE 116
#define EDQUOT 122
#define ENOMEDIUM 123
#define EMEDIUMTYPE 124
#define ECANCELED 125
#define ENOKEY 126
#define EOWNERDEAD 130
#define ENOTRECOVERABLE 131
#define EHWPOISON 133
void *malloc(size_t size); void *calloc(size_t n, size_t size); void *realloc(void *p, size_t size); void free(void *p);
void *aligned_alloc(size_t alignment, size_t size); int posix_memalign(void **p, size_t alignment, size_t size); void *memalign(size_t alignment, size_t size); void *valloc(size_t size);
void *alloca(size_t size);
void *memcpy(void *d, const void *s, size_t n); void *memmove(void *d, const void *s, size_t n); void *mempcpy(void *d, const void *s, size_t n);
void *memset(void *d, int c, size_t n); int memcmp(const void *a, const void *b, size_t n);
void *memchr(const void *s, int c, size_t n); void *memrchr(const void *s, int c, size_t n); void *rawmemchr(const void *s, int c); void *memmem(const void *h, size_t hn, const void *s, size_t n);
void bzero(void *d, size_t n); void *__builtin_memcpy(void *d, const void *s, size_t n); void *__builtin_memmove(void *d, const void *s, size_t n); void *__builtin_memset(void *d, int c, size_t n); void *__builtin_alloca(size_t size); void __builtin_abort(void) __attribute__((noreturn));
size_t strlen(const char *s); size_t strnlen(const char *s, size_t n);
char *strcpy(char *d, const char *s); char *strncpy(char *d, const char *s, size_t n); char *stpcpy(char *d, const char *s);
char *strcat(char *d, const char *s); char *strncat(char *d, const char *s, size_t n);
int strcmp(const char *a, const char *b); int strncmp(const char *a, const char *b, size_t n); int strcasecmp(const char *a, const char *b); int strncasecmp(const char *a, const char *b, size_t n); int strcoll(const char *a, const char *b); int strverscmp(const char *a, const char *b);
char *strchr(const char *s, int c); char *strrchr(const char *s, int c); char *strchrnul(const char *s, int c); char *index(const char *s, int c); char *rindex(const char *s, int c);
char *strstr(const char *h, const char *n); char *strcasestr(const char *h, const char *n); char *strpbrk(const char *s, const char *set);
size_t strspn(const char *s, const char *set); size_t strcspn(const char *s, const char *set);
char *strtok(char *s, const char *d); char *strtok_r(char *s, const char *d, char **save); char *strsep(char **s, const char *d);
char *strdup(const char *s); char *strndup(const char *s, size_t n); char *strerror(int e); char *strsignal(int s); const char *strerrorname_np(int e);
int ffs(int i); int ffsl(long i); int ffsll(long long i);
int isalnum(int c); int isalpha(int c); int isblank(int c); int iscntrl(int c); int isdigit(int c); int isgraph(int c); int islower(int c); int isprint(int c); int ispunct(int c); int isspace(int c); int isupper(int c); int isxdigit(int c); int isascii(int c); int toascii(int c); int tolower(int c); int toupper(int c);
long strtol(const char *s, char **end, int base); unsigned long strtoul(const char *s, char **end, int base); long long strtoll(const char *s, char **end, int base); unsigned long long strtoull(const char *s, char **end, int base);
intmax_t strtoimax(const char *s, char **end, int base); uintmax_t strtoumax(const char *s, char **end, int base);
double strtod(const char *s, char **end); float strtof(const char *s, char **end);
int atoi(const char *s); long atol(const char *s); long long atoll(const char *s); double atof(const char *s);
int abs(int i); long labs(long i); long long llabs(long long i);
typedef struct { int quot; int rem; } div_t; typedef struct { long quot; long rem; } ldiv_t; typedef struct { long long quot; long long rem; } lldiv_t;
void qsort(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *)); void qsort_r(void *base, size_t n, size_t size, int (*cmp)(const void *, const void *, void *), void *arg);
void *bsearch(const void *key, const void *base, size_t n, size_t size, int (*cmp)(const void *, const void *));
int rand(void); void srand(unsigned int seed); long random(void); void srandom(unsigned int seed); double drand48(void);
#define RAND_MAX 2147483647
#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1
void exit(int status) __attribute__((noreturn)); void _exit(int status) __attribute__((noreturn)); void _Exit(int status) __attribute__((noreturn)); void abort(void) __attribute__((noreturn)); int atexit(void (*f)(void)); int on_exit(void (*f)(int, void *), void *arg);
char *getenv(const char *name); char *secure_getenv(const char *name); int setenv(const char *name, const char *value, int overwrite); int unsetenv(const char *name); int putenv(char *s);
int system(const char *command); char *realpath(const char *path, char *resolved); int mkstemp(char *t); char *mkdtemp(char *t);
void __assert_fail(const char *assertion, const char *file, unsigned int line, const char *function) __attribute__((noreturn));
#define assert(e) ((e) ? (void)0 : __assert_fail(#e, __FILE__, __LINE__, __func__))
#define static_assert _Static_assert
#define alignof _Alignof
#define alignas _Alignas
typedef struct _IO_FILE FILE; typedef struct { long __pos; long __state; } fpos_t;
#define stdin ((FILE *)0x2000)
#define stdout ((FILE *)0x2001)
#define stderr ((FILE *)0x2002)
#define EOF (-1)
#define BUFSIZ 8192
#define SEEK_SET 0
#define SEEK_CUR 1
#define SEEK_END 2
#define SEEK_DATA 3
#define SEEK_HOLE 4
#define _IOFBF 0
#define _IOLBF 1
#define _IONBF 2
#define FILENAME_MAX 4096
#define L_tmpnam 20
int printf(const char *f, ...); int fprintf(FILE *s, const char *f, ...); int dprintf(int fd, const char *f, ...); int sprintf(char *d, const char *f, ...); int snprintf(char *d, size_t n, const char *f, ...); int asprintf(char **d, const char *f, ...);
int vprintf(const char *f, va_list ap); int vfprintf(FILE *s, const char *f, va_list ap); int vdprintf(int fd, const char *f, va_list ap); int vsprintf(char *d, const char *f, va_list ap); int vsnprintf(char *d, size_t n, const char *f, va_list ap); int vasprintf(char **d, const char *f, va_list ap);
int sscanf(const char *s, const char *f, ...); int fscanf(FILE *s, const char *f, ...);
int puts(const char *s); int fputs(const char *s, FILE *f); int putchar(int c); int fputc(int c, FILE *f); int putc(int c, FILE *f); size_t fwrite(const void *p, size_t size, size_t n, FILE *f); int fflush(FILE *f); void perror(const char *s);
FILE *fopen(const char *path, const char *mode); FILE *fdopen(int fd, const char *mode); FILE *freopen(const char *path, const char *mode, FILE *f); FILE *popen(const char *c, const char *mode); int pclose(FILE *f); FILE *tmpfile(void); FILE *open_memstream(char **p, size_t *n); FILE *fmemopen(void *p, size_t n, const char *mode); int fclose(FILE *f);
size_t fread(void *p, size_t size, size_t n, FILE *f); char *fgets(char *s, int n, FILE *f); int fgetc(FILE *f); int getc(FILE *f); int getchar(void); int ungetc(int c, FILE *f); ssize_t getline(char **p, size_t *n, FILE *f); ssize_t getdelim(char **p, size_t *n, int d, FILE *f);
int feof(FILE *f); int ferror(FILE *f); void clearerr(FILE *f); int fileno(FILE *f); int fseek(FILE *f, long o, int w); long ftell(FILE *f); void rewind(FILE *f); int setvbuf(FILE *f, char *b, int mode, size_t n); void setbuf(FILE *f, char *b); int remove(const char *path); int rename(const char *a, const char *b); void flockfile(FILE *f); void funlockfile(FILE *f);
typedef long time_t; typedef long clock_t; typedef int clockid_t; typedef void *timer_t; typedef long suseconds_t; typedef unsigned int useconds_t;
struct timespec { time_t tv_sec; long tv_nsec; };
struct timeval { time_t tv_sec; suseconds_t tv_usec; };
struct tm { int tm_sec; int tm_min; int tm_hour; int tm_mday; int tm_mon; int tm_year; int tm_wday; int tm_yday; int tm_isdst; long tm_gmtoff; const char *tm_zone; };
struct itimerspec { struct timespec it_interval; struct timespec it_value; };
#define CLOCKS_PER_SEC 1000000L
#define CLOCK_REALTIME 0
#define CLOCK_MONOTONIC 1
#define CLOCK_PROCESS_CPUTIME_ID 2
#define CLOCK_THREAD_CPUTIME_ID 3
#define TIMER_ABSTIME 1
time_t time(time_t *t); clock_t clock(void); time_t mktime(struct tm *tm); time_t timegm(struct tm *tm); struct tm *gmtime(const time_t *t); struct tm *localtime(const time_t *t); struct tm *gmtime_r(const time_t *t, struct tm *tm); struct tm *localtime_r(const time_t *t, struct tm *tm); size_t strftime(char *s, size_t n, const char *f, const struct tm *tm); double difftime(time_t a, time_t b); void tzset(void); char *asctime(const struct tm *tm); char *ctime(const time_t *t); char *strptime(const char *s, const char *f, struct tm *tm);
int clock_gettime(clockid_t c, struct timespec *t); int clock_getres(clockid_t c, struct timespec *t); int clock_nanosleep(clockid_t c, int flags, const struct timespec *t, struct timespec *r); int nanosleep(const struct timespec *t, struct timespec *r);
typedef struct { unsigned long __r[25]; } jmp_buf[1]; typedef struct { unsigned long __r[25]; } sigjmp_buf[1];
int _setjmp(jmp_buf b); int setjmp(jmp_buf b); int sigsetjmp(sigjmp_buf b, int s); void longjmp(jmp_buf b, int v) __attribute__((noreturn)); void _longjmp(jmp_buf b, int v) __attribute__((noreturn)); void siglongjmp(sigjmp_buf b, int v) __attribute__((noreturn));
`;
