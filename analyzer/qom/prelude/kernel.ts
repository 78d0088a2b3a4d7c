const TYPES = `
typedef signed char __s8; typedef unsigned char __u8; typedef short __s16; typedef unsigned short __u16; typedef int __s32; typedef unsigned int __u32; typedef long long __s64; typedef unsigned long long __u64;
typedef __u16 __le16; typedef __u16 __be16; typedef __u32 __le32; typedef __u32 __be32; typedef __u64 __le64; typedef __u64 __be64; typedef __u16 __sum16; typedef __u32 __wsum; typedef unsigned int __poll_t;
typedef long __kernel_long_t; typedef unsigned long __kernel_ulong_t; typedef unsigned long __kernel_size_t; typedef long __kernel_off_t; typedef long long __kernel_loff_t; typedef long __kernel_time_t; typedef long long __kernel_time64_t; typedef int __kernel_pid_t;
#define __aligned_u64 __u64 __attribute__((aligned(8)))
#define __aligned_s64 __s64 __attribute__((aligned(8)))
#define __aligned_be64 __be64 __attribute__((aligned(8)))
#define __aligned_le64 __le64 __attribute__((aligned(8)))
#define __bitwise
#define __force
#define __user
#define __struct_group(TAG, NAME, ATTRS, MEMBERS...) union { struct { MEMBERS } ATTRS; struct TAG { MEMBERS } ATTRS NAME; }
#define __DECLARE_FLEX_ARRAY(TYPE, NAME) struct { struct { } __empty_ ## NAME; TYPE NAME[]; }
`;

const IOCTL = `
#define _IOC_NRBITS 8
#define _IOC_TYPEBITS 8
#define _IOC_SIZEBITS 14
#define _IOC_DIRBITS 2
#define _IOC_NRSHIFT 0
#define _IOC_TYPESHIFT 8
#define _IOC_SIZESHIFT 16
#define _IOC_DIRSHIFT 30
#define _IOC_NONE 0U
#define _IOC_WRITE 1U
#define _IOC_READ 2U
#define _IOC(dir, type, nr, size) (((dir) << 30) | ((type) << 8) | (nr) | ((size) << 16))
#define _IOC_TYPECHECK(t) (sizeof(t))
#define _IO(type, nr) _IOC(0U, (type), (nr), 0)
#define _IOR(type, nr, size) _IOC(2U, (type), (nr), sizeof(size))
#define _IOW(type, nr, size) _IOC(1U, (type), (nr), sizeof(size))
#define _IOWR(type, nr, size) _IOC(3U, (type), (nr), sizeof(size))
#define _IOC_DIR(nr) (((nr) >> 30) & 3)
#define _IOC_TYPE(nr) (((nr) >> 8) & 0xff)
#define _IOC_NR(nr) ((nr) & 0xff)
#define _IOC_SIZE(nr) (((nr) >> 16) & 0x3fff)
`;

const CONST = `
#define _AC(X, Y) X ## Y
#define _AT(T, X) ((T)(X))
#define _UL(x) (x ## UL)
#define _ULL(x) (x ## ULL)
#define _BITUL(x) (1UL << (x))
#define _BITULL(x) (1ULL << (x))
#define __ALIGN_KERNEL(x, a) __ALIGN_KERNEL_MASK(x, (__typeof__(x))(a) - 1)
#define __ALIGN_KERNEL_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define __KERNEL_DIV_ROUND_UP(n, d) (((n) + (d) - 1) / (d))
`;

/** What the kernel headers in a tree (linux/kvm.h, asm/kvm.h ...) take from the system's. */
export const KERNEL_HEADERS: Record<string, string> = {
  'linux/types.h': TYPES,
  'asm/types.h': '#include <linux/types.h>',
  'asm-generic/types.h': '#include <linux/types.h>',
  'asm-generic/int-ll64.h': '#include <linux/types.h>',
  'linux/posix_types.h': '#include <linux/types.h>',
  'linux/ioctl.h': IOCTL,
  'asm/ioctl.h': '#include <linux/ioctl.h>',
  'asm-generic/ioctl.h': '#include <linux/ioctl.h>',
  'linux/const.h': CONST,
  'linux/bits.h': '#include <linux/const.h>\n#define __GENMASK(h, l) (((~_UL(0)) << (l)) & (~_UL(0) >> (63 - (h))))\n#define __GENMASK_ULL(h, l) (((~_ULL(0)) << (l)) & (~_ULL(0) >> (63 - (h))))',
  'asm/bitsperlong.h': '#define __BITS_PER_LONG 64',
  'asm-generic/bitsperlong.h': '#include <asm/bitsperlong.h>',
  'asm/byteorder.h': '#define __LITTLE_ENDIAN_BITFIELD 1\n#include <endian.h>',
  'asm/ptrace.h': '',
  'asm-generic/hugetlb_encode.h': '',
  'linux/futex.h': '#define FUTEX_WAIT 0\n#define FUTEX_WAKE 1',
  'linux/psci.h': '',
  'linux/virtio_ring.h': '',
};
