/** glib's types and constants (as of 2.74), as far as QEMU uses them; structures are laid out as glib's. */
export const GLIB_TYPES = `
#define GLIB_MAJOR_VERSION 2
#define GLIB_MINOR_VERSION 74
#define GLIB_MICRO_VERSION 6
#define GLIB_CHECK_VERSION(a, b, c) (GLIB_MAJOR_VERSION > (a) || (GLIB_MAJOR_VERSION == (a) && (GLIB_MINOR_VERSION > (b) || (GLIB_MINOR_VERSION == (b) && GLIB_MICRO_VERSION >= (c)))))
#define GLIB_VERSION_CUR_STABLE (G_ENCODE_VERSION(2, 74))
#define G_ENCODE_VERSION(a, b) ((a) << 16 | (b) << 8)
#define G_OS_UNIX
#define G_BYTE_ORDER 1234
#define G_LITTLE_ENDIAN 1234
#define G_BIG_ENDIAN 4321
typedef char gchar; typedef short gshort; typedef long glong; typedef int gint; typedef gint gboolean; typedef unsigned char guchar; typedef unsigned short gushort; typedef unsigned long gulong; typedef unsigned int guint; typedef float gfloat; typedef double gdouble; typedef void *gpointer; typedef const void *gconstpointer;
typedef signed char gint8; typedef unsigned char guint8; typedef short gint16; typedef unsigned short guint16; typedef int gint32; typedef unsigned int guint32; typedef long gint64; typedef unsigned long guint64; typedef long gssize; typedef unsigned long gsize; typedef gint64 goffset; typedef long gintptr; typedef unsigned long guintptr; typedef guint32 gunichar; typedef guint16 gunichar2; typedef guint32 GQuark; typedef gchar **GStrv; static inline void glib_auto_cleanup_GStrv(GStrv *p) { } typedef int GPid; typedef gint64 GTimeSpan;
#ifndef FALSE
#define FALSE 0
#endif
#ifndef TRUE
#define TRUE 1
#endif
#define G_MININT8 INT8_MIN
#define G_MAXINT8 INT8_MAX
#define G_MAXUINT8 UINT8_MAX
#define G_MININT16 INT16_MIN
#define G_MAXINT16 INT16_MAX
#define G_MAXUINT16 UINT16_MAX
#define G_MININT32 INT32_MIN
#define G_MAXINT32 INT32_MAX
#define G_MAXUINT32 UINT32_MAX
#define G_MININT64 INT64_MIN
#define G_MAXINT64 INT64_MAX
#define G_MAXUINT64 UINT64_MAX
#define G_MININT INT_MIN
#define G_MAXINT INT_MAX
#define G_MAXUINT UINT_MAX
#define G_MINLONG LONG_MIN
#define G_MAXLONG LONG_MAX
#define G_MAXULONG ULONG_MAX
#define G_MAXSIZE SIZE_MAX
#define G_MAXSSIZE INT64_MAX
#define G_GINT64_CONSTANT(v) (v ## L)
#define G_GUINT64_CONSTANT(v) (v ## UL)
#define G_GINT64_FORMAT "li"
#define G_GUINT64_FORMAT "lu"
#define G_GSIZE_FORMAT "lu"
#define G_GSSIZE_FORMAT "li"
#define G_GINT64_MODIFIER "l"
#define G_GSIZE_MODIFIER "l"
#define G_USEC_PER_SEC 1000000
#define G_TIME_SPAN_SECOND G_GINT64_CONSTANT(1000000)
#define G_TIME_SPAN_MILLISECOND G_GINT64_CONSTANT(1000)
#define G_DIR_SEPARATOR '/'
#define G_DIR_SEPARATOR_S "/"
#define G_IS_DIR_SEPARATOR(c) ((c) == '/')
#define G_SEARCHPATH_SEPARATOR ':'
#define G_SEARCHPATH_SEPARATOR_S ":"
#define G_STMT_START do
#define G_STMT_END while (0)
#define G_LIKELY(e) (e)
#define G_UNLIKELY(e) (e)
#define G_N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))
#define G_STRUCT_OFFSET(t, m) ((glong)offsetof(t, m))
#define G_STRUCT_MEMBER_P(p, o) ((gpointer)((guint8 *)(p) + (glong)(o)))
#define G_STRUCT_MEMBER(t, p, o) (*(t *)G_STRUCT_MEMBER_P((p), (o)))
#define G_ALIGNOF(t) _Alignof(t)
#define G_STRINGIFY(m) G_STRINGIFY_ARG(m)
#define G_STRINGIFY_ARG(m) #m
#define G_PASTE_ARGS(a, b) a ## b
#define G_PASTE(a, b) G_PASTE_ARGS(a, b)
#define G_STATIC_ASSERT(e) _Static_assert(e, #e)
#define G_STATIC_ASSERT_EXPR(e) ((void)sizeof(char[(e) ? 1 : -1]))
#define G_STRLOC __FILE__
#define G_STRFUNC ((const char *)(__func__))
#define G_BEGIN_DECLS
#define G_END_DECLS
#define G_INLINE_FUNC static inline
#define G_GNUC_PRINTF(a, b)
#define G_GNUC_SCANF(a, b)
#define G_GNUC_FORMAT(a)
#define G_GNUC_NORETURN __attribute__((noreturn))
#define G_NORETURN __attribute__((noreturn))
#define G_GNUC_CONST
#define G_GNUC_PURE
#define G_GNUC_MALLOC
#define G_GNUC_UNUSED
#define G_GNUC_DEPRECATED
#define G_GNUC_WARN_UNUSED_RESULT
#define G_GNUC_NULL_TERMINATED
#define G_GNUC_ALLOC_SIZE(a)
#define G_GNUC_FALLTHROUGH
#define G_GNUC_INTERNAL
#define G_GNUC_EXTENSION
#define G_GNUC_CHECK_VERSION(a, b) 1
#define G_GNUC_BEGIN_IGNORE_DEPRECATIONS
#define G_GNUC_END_IGNORE_DEPRECATIONS
#define G_DEFINE_AUTOPTR_CLEANUP_FUNC(t, f)
#define G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(t, f) static inline void glib_auto_cleanup_##t(t *p) { f(p); }
#define G_DEFINE_AUTO_CLEANUP_FREE_FUNC(t, f, n)
#define g_autoptr(t) t *
#define g_auto(t) __attribute__((cleanup(glib_auto_cleanup_##t))) t
#define g_autofree
#define g_autolist(t) GList *
#define g_autoslist(t) GSList *
#ifndef MIN
#define MIN(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef MAX
#define MAX(a, b) (((a) > (b)) ? (a) : (b))
#endif
#define ABS(a) (((a) < 0) ? -(a) : (a))
#define CLAMP(x, low, high) (((x) > (high)) ? (high) : (((x) < (low)) ? (low) : (x)))
#define GPOINTER_TO_INT(p) ((gint)(glong)(p))
#define GPOINTER_TO_UINT(p) ((guint)(gulong)(p))
#define GINT_TO_POINTER(i) ((gpointer)(glong)(i))
#define GUINT_TO_POINTER(u) ((gpointer)(gulong)(u))
#define GPOINTER_TO_SIZE(p) ((gsize)(p))
#define GSIZE_TO_POINTER(s) ((gpointer)(gsize)(s))
#define GUINT16_SWAP_LE_BE(v) __builtin_bswap16(v)
#define GUINT32_SWAP_LE_BE(v) __builtin_bswap32(v)
#define GUINT64_SWAP_LE_BE(v) __builtin_bswap64(v)
#define GUINT16_FROM_LE(v) (v)
#define GUINT32_FROM_LE(v) (v)
#define GUINT64_FROM_LE(v) (v)
#define GUINT16_FROM_BE(v) __builtin_bswap16(v)
#define GUINT32_FROM_BE(v) __builtin_bswap32(v)
#define GUINT64_FROM_BE(v) __builtin_bswap64(v)
typedef void (*GDestroyNotify)(gpointer data); typedef void (*GFreeFunc)(gpointer data); typedef void (*GFunc)(gpointer data, gpointer user_data); typedef void (*GHFunc)(gpointer key, gpointer value, gpointer user_data); typedef gboolean (*GHRFunc)(gpointer key, gpointer value, gpointer user_data); typedef guint (*GHashFunc)(gconstpointer key); typedef gboolean (*GEqualFunc)(gconstpointer a, gconstpointer b); typedef gint (*GCompareFunc)(gconstpointer a, gconstpointer b); typedef gint (*GCompareDataFunc)(gconstpointer a, gconstpointer b, gpointer user_data); typedef gpointer (*GCopyFunc)(gconstpointer src, gpointer data); typedef gboolean (*GTraverseFunc)(gpointer key, gpointer value, gpointer data); typedef gpointer (*GThreadFunc)(gpointer data); typedef gboolean (*GSourceFunc)(gpointer data); typedef void (*GVoidFunc)(void); typedef void (*GChildWatchFunc)(GPid pid, gint status, gpointer data); typedef void (*GSpawnChildSetupFunc)(gpointer data); typedef gboolean (*GEqualFuncFull)(gconstpointer a, gconstpointer b, gpointer data);
typedef struct _GList { gpointer data; struct _GList *next; struct _GList *prev; } GList;
typedef struct _GSList { gpointer data; struct _GSList *next; } GSList;
typedef struct _GQueue { GList *head; GList *tail; guint length; } GQueue;
typedef struct _GArray { gchar *data; guint len; } GArray;
typedef struct _GByteArray { guint8 *data; guint len; } GByteArray;
typedef struct _GPtrArray { gpointer *pdata; guint len; } GPtrArray;
typedef struct _GString { gchar *str; gsize len; gsize allocated_len; } GString;
typedef struct _GHashTable GHashTable; typedef struct _GHashTableIter { gpointer dummy1; gpointer dummy2; gpointer dummy3; int dummy4; gboolean dummy5; gpointer dummy6; } GHashTableIter;
typedef struct _GTree GTree; typedef struct _GTreeNode GTreeNode; typedef gboolean (*GTraverseNodeFunc)(GTreeNode *node, gpointer data); typedef enum { G_IN_ORDER, G_PRE_ORDER, G_POST_ORDER, G_LEVEL_ORDER } GTraverseType;
typedef struct _GSequence GSequence; typedef struct _GSequenceNode GSequenceIter; typedef struct _GBytes GBytes; typedef struct _GRand GRand; typedef struct _GTimer GTimer; typedef struct _GDir GDir; typedef struct _GMappedFile GMappedFile; typedef struct _GChecksum GChecksum; typedef struct _GHmac GHmac; typedef struct _GDateTime GDateTime; typedef struct _GTimeZone GTimeZone; typedef struct _GKeyFile GKeyFile; typedef struct _GPatternSpec GPatternSpec; typedef struct _GRegex GRegex; typedef struct _GMatchInfo GMatchInfo; typedef struct _GModule GModule; typedef struct _GOptionContext GOptionContext; typedef struct _GMainContext GMainContext; typedef struct _GMainLoop GMainLoop; typedef struct _GThread GThread; typedef struct _GThreadPool GThreadPool; typedef struct _GAsyncQueue GAsyncQueue; typedef struct _GIOChannel GIOChannel; typedef struct _GUri GUri; typedef struct _GVariant GVariant; typedef struct _GStringChunk GStringChunk; typedef struct _GTestSuite GTestSuite; typedef struct _GTestCase GTestCase; typedef struct _GObject GObject; typedef struct _GRelation GRelation;
typedef struct _GError { GQuark domain; gint code; gchar *message; } GError;
typedef struct _GTimeVal { glong tv_sec; glong tv_usec; } GTimeVal; typedef struct _GDate { guint julian; guint dmy; } GDate;
typedef union _GMutex { gpointer p; guint i[2]; } GMutex; typedef struct _GRecMutex { gpointer p; guint i[2]; } GRecMutex; typedef struct _GRWLock { gpointer p; guint i[2]; } GRWLock; typedef struct _GCond { gpointer p; guint i[2]; } GCond; typedef struct _GPrivate { gpointer p; GDestroyNotify notify; gpointer future[2]; } GPrivate; typedef GMutex GStaticMutex;
typedef enum { G_ONCE_STATUS_NOTCALLED, G_ONCE_STATUS_PROGRESS, G_ONCE_STATUS_READY } GOnceStatus; typedef struct _GOnce { volatile GOnceStatus status; volatile gpointer retval; } GOnce;
#define G_ONCE_INIT { G_ONCE_STATUS_NOTCALLED, NULL }
#define G_PRIVATE_INIT(notify) { NULL, (notify), { NULL, NULL } }
typedef struct _GPollFD { gint fd; gushort events; gushort revents; } GPollFD; typedef gint (*GPollFunc)(GPollFD *ufds, guint nfds, gint timeout);
typedef struct _GSource GSource; typedef struct _GSourceFuncs { gboolean (*prepare)(GSource *s, gint *timeout); gboolean (*check)(GSource *s); gboolean (*dispatch)(GSource *s, GSourceFunc f, gpointer data); void (*finalize)(GSource *s); GSourceFunc closure_callback; void (*closure_marshal)(void); } GSourceFuncs;
struct _GSource { gpointer callback_data; gpointer callback_funcs; const GSourceFuncs *source_funcs; guint ref_count; GMainContext *context; gint priority; guint flags; guint source_id; GSList *poll_fds; GSource *prev; GSource *next; char *name; gpointer priv; };
typedef enum { G_IO_IN = 1, G_IO_OUT = 4, G_IO_PRI = 2, G_IO_ERR = 8, G_IO_HUP = 16, G_IO_NVAL = 32 } GIOCondition; typedef enum { G_IO_STATUS_ERROR, G_IO_STATUS_NORMAL, G_IO_STATUS_EOF, G_IO_STATUS_AGAIN } GIOStatus; typedef enum { G_IO_FLAG_APPEND = 1, G_IO_FLAG_NONBLOCK = 2 } GIOFlags; typedef enum { G_SEEK_CUR, G_SEEK_SET, G_SEEK_END } GSeekType; typedef gboolean (*GIOFunc)(GIOChannel *source, GIOCondition condition, gpointer data); typedef gboolean (*GUnixFDSourceFunc)(gint fd, GIOCondition condition, gpointer data);
typedef enum { G_LOG_FLAG_RECURSION = 1, G_LOG_FLAG_FATAL = 2, G_LOG_LEVEL_ERROR = 4, G_LOG_LEVEL_CRITICAL = 8, G_LOG_LEVEL_WARNING = 16, G_LOG_LEVEL_MESSAGE = 32, G_LOG_LEVEL_INFO = 64, G_LOG_LEVEL_DEBUG = 128, G_LOG_LEVEL_MASK = -4 } GLogLevelFlags; typedef void (*GLogFunc)(const gchar *domain, GLogLevelFlags level, const gchar *message, gpointer data); typedef void (*GPrintFunc)(const gchar *string);
typedef enum { G_FILE_TEST_IS_REGULAR = 1, G_FILE_TEST_IS_SYMLINK = 2, G_FILE_TEST_IS_DIR = 4, G_FILE_TEST_IS_EXECUTABLE = 8, G_FILE_TEST_EXISTS = 16 } GFileTest; typedef enum { G_FILE_ERROR_EXIST, G_FILE_ERROR_ISDIR, G_FILE_ERROR_ACCES, G_FILE_ERROR_NAMETOOLONG, G_FILE_ERROR_NOENT, G_FILE_ERROR_NOTDIR, G_FILE_ERROR_FAILED = 24 } GFileError; typedef enum { G_MODULE_BIND_LAZY = 1, G_MODULE_BIND_LOCAL = 2, G_MODULE_BIND_MASK = 3 } GModuleFlags; typedef enum { G_CHECKSUM_MD5, G_CHECKSUM_SHA1, G_CHECKSUM_SHA256, G_CHECKSUM_SHA512, G_CHECKSUM_SHA384 } GChecksumType; typedef enum { G_SPAWN_DEFAULT = 0, G_SPAWN_SEARCH_PATH = 4, G_SPAWN_DO_NOT_REAP_CHILD = 2 } GSpawnFlags; typedef enum { G_UNICODE_CONTROL } GUnicodeType; typedef enum { G_USER_DIRECTORY_DESKTOP } GUserDirectory;
#define G_FILE_ERROR g_file_error_quark()
#define G_UNIX_ERROR g_unix_error_quark()
#define G_SOURCE_CONTINUE TRUE
#define G_SOURCE_REMOVE FALSE
#define G_SOURCE_FUNC(f) ((GSourceFunc)(void (*)(void))(f))
#define G_CALLBACK(f) ((void (*)(void))(f))
#define G_PRIORITY_HIGH (-100)
#define G_PRIORITY_DEFAULT 0
#define G_PRIORITY_HIGH_IDLE 100
#define G_PRIORITY_DEFAULT_IDLE 200
#define G_PRIORITY_LOW 300
#define G_CSET_A_2_Z "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define G_CSET_a_2_z "abcdefghijklmnopqrstuvwxyz"
#define G_CSET_DIGITS "0123456789"
#define G_ASCII_DTOSTR_BUF_SIZE 39
#define G_MODULE_SUFFIX "so"
#define G_MODULE_EXPORT
`;
