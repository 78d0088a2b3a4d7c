/** The socket headers: QEMU's common POSIX header includes them, its CPU and machine code does not use them. */
export const SOCKET_HEADERS: Record<string, string> = {
  'sys/socket.h': `
#include <sys/uio.h>
typedef unsigned short sa_family_t; struct sockaddr { sa_family_t sa_family; char sa_data[14]; }; struct sockaddr_storage { sa_family_t ss_family; char __ss_padding[118]; unsigned long __ss_align; };
struct msghdr { void *msg_name; socklen_t msg_namelen; struct iovec *msg_iov; size_t msg_iovlen; void *msg_control; size_t msg_controllen; int msg_flags; }; struct cmsghdr { size_t cmsg_len; int cmsg_level; int cmsg_type; unsigned char __cmsg_data[]; }; struct linger { int l_onoff; int l_linger; }; struct ucred { pid_t pid; uid_t uid; gid_t gid; };
#define AF_UNSPEC 0
#define AF_UNIX 1
#define AF_LOCAL 1
#define AF_INET 2
#define AF_INET6 10
#define AF_NETLINK 16
#define AF_PACKET 17
#define AF_VSOCK 40
#define PF_UNSPEC 0
#define PF_UNIX 1
#define PF_INET 2
#define PF_INET6 10
#define SOCK_STREAM 1
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define SOCK_SEQPACKET 5
#define SOCK_CLOEXEC 02000000
#define SOCK_NONBLOCK 04000
#define SOL_SOCKET 1
#define SO_REUSEADDR 2
#define SO_TYPE 3
#define SO_ERROR 4
#define SO_BROADCAST 6
#define SO_SNDBUF 7
#define SO_RCVBUF 8
#define SO_KEEPALIVE 9
#define SO_LINGER 13
#define SO_REUSEPORT 15
#define SO_PEERCRED 17
#define SO_ACCEPTCONN 30
#define SOMAXCONN 4096
#define MSG_OOB 1
#define MSG_PEEK 2
#define MSG_DONTWAIT 0x40
#define MSG_NOSIGNAL 0x4000
#define MSG_CMSG_CLOEXEC 0x40000000
#define MSG_ZEROCOPY 0x4000000
#define SHUT_RD 0
#define SHUT_WR 1
#define SHUT_RDWR 2
#define SCM_RIGHTS 1
#define CMSG_ALIGN(n) (((n) + 7) & ~7UL)
#define CMSG_SPACE(n) (CMSG_ALIGN(n) + CMSG_ALIGN(sizeof(struct cmsghdr)))
#define CMSG_LEN(n) (CMSG_ALIGN(sizeof(struct cmsghdr)) + (n))
#define CMSG_DATA(c) ((c)->__cmsg_data)
#define CMSG_FIRSTHDR(m) ((m)->msg_controllen >= sizeof(struct cmsghdr) ? (struct cmsghdr *)(m)->msg_control : (struct cmsghdr *)0)
struct cmsghdr *__cmsg_nxthdr(struct msghdr *m, struct cmsghdr *c);
#define CMSG_NXTHDR(m, c) __cmsg_nxthdr((m), (c))
int socket(int d, int t, int p); int socketpair(int d, int t, int p, int *fds); int bind(int fd, const struct sockaddr *a, socklen_t n); int listen(int fd, int n); int accept(int fd, struct sockaddr *a, socklen_t *n); int accept4(int fd, struct sockaddr *a, socklen_t *n, int f); int connect(int fd, const struct sockaddr *a, socklen_t n); int shutdown(int fd, int h); int getsockname(int fd, struct sockaddr *a, socklen_t *n); int getpeername(int fd, struct sockaddr *a, socklen_t *n); int getsockopt(int fd, int l, int o, void *v, socklen_t *n); int setsockopt(int fd, int l, int o, const void *v, socklen_t n); ssize_t send(int fd, const void *p, size_t n, int f); ssize_t sendto(int fd, const void *p, size_t n, int f, const struct sockaddr *a, socklen_t l); ssize_t sendmsg(int fd, const struct msghdr *m, int f); ssize_t recv(int fd, void *p, size_t n, int f); ssize_t recvfrom(int fd, void *p, size_t n, int f, struct sockaddr *a, socklen_t *l); ssize_t recvmsg(int fd, struct msghdr *m, int f);
`,
  'netinet/in.h': `
#include <sys/socket.h>
typedef unsigned short in_port_t; typedef unsigned int in_addr_t; struct in_addr { in_addr_t s_addr; }; struct sockaddr_in { sa_family_t sin_family; in_port_t sin_port; struct in_addr sin_addr; unsigned char sin_zero[8]; };
struct in6_addr { union { unsigned char __s6_addr[16]; unsigned short __s6_addr16[8]; unsigned int __s6_addr32[4]; } __in6_u; }; struct sockaddr_in6 { sa_family_t sin6_family; in_port_t sin6_port; unsigned int sin6_flowinfo; struct in6_addr sin6_addr; unsigned int sin6_scope_id; };
#define s6_addr __in6_u.__s6_addr
#define s6_addr32 __in6_u.__s6_addr32
#define INADDR_ANY 0U
#define INADDR_LOOPBACK 0x7f000001U
#define INADDR_BROADCAST 0xffffffffU
#define INADDR_NONE 0xffffffffU
#define INET_ADDRSTRLEN 16
#define INET6_ADDRSTRLEN 46
#define IPPROTO_IP 0
#define IPPROTO_ICMP 1
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_IPV6 41
#define IPPROTO_MPTCP 262
#define IPV6_V6ONLY 26
#define IP_ADD_MEMBERSHIP 35
#define IP_MULTICAST_IF 32
#define IP_MULTICAST_LOOP 34
unsigned int htonl(unsigned int x); unsigned short htons(unsigned short x); unsigned int ntohl(unsigned int x); unsigned short ntohs(unsigned short x);
`,
  'netinet/tcp.h': `
#define TCP_NODELAY 1
#define TCP_KEEPIDLE 4
#define TCP_KEEPINTVL 5
#define TCP_KEEPCNT 6
`,
  'netinet/udp.h': '',
  'arpa/inet.h': `
#include <netinet/in.h>
char *inet_ntoa(struct in_addr a); int inet_aton(const char *s, struct in_addr *a); in_addr_t inet_addr(const char *s); const char *inet_ntop(int f, const void *a, char *s, socklen_t n); int inet_pton(int f, const char *s, void *a);
`,
  'netdb.h': `
#include <netinet/in.h>
struct addrinfo { int ai_flags; int ai_family; int ai_socktype; int ai_protocol; socklen_t ai_addrlen; struct sockaddr *ai_addr; char *ai_canonname; struct addrinfo *ai_next; }; struct hostent { char *h_name; char **h_aliases; int h_addrtype; int h_length; char **h_addr_list; };
#define h_addr h_addr_list[0]
#define AI_PASSIVE 1
#define AI_CANONNAME 2
#define AI_NUMERICHOST 4
#define AI_V4MAPPED 8
#define AI_ADDRCONFIG 32
#define AI_NUMERICSERV 1024
#define NI_NUMERICHOST 1
#define NI_NUMERICSERV 2
#define NI_MAXHOST 1025
#define NI_MAXSERV 32
#define EAI_SYSTEM (-11)
int getaddrinfo(const char *n, const char *s, const struct addrinfo *h, struct addrinfo **r); void freeaddrinfo(struct addrinfo *a); const char *gai_strerror(int e); int getnameinfo(const struct sockaddr *a, socklen_t n, char *h, socklen_t hn, char *s, socklen_t sn, int f); struct hostent *gethostbyname(const char *n);
`,
  'sys/un.h': `
#include <sys/socket.h>
struct sockaddr_un { sa_family_t sun_family; char sun_path[108]; };
`,
  'net/if.h': `
#define IFNAMSIZ 16
#define IF_NAMESIZE 16
unsigned int if_nametoindex(const char *n); char *if_indextoname(unsigned int i, char *n);
`,
  'ifaddrs.h': '',
};
