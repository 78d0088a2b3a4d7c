/** What Apple's Hypervisor framework declares, as far as CPUs are concerned: its calls are answered by the host. */
const HYPERVISOR = `
typedef int hv_return_t; typedef unsigned int hv_vcpuid_t; typedef unsigned long long hv_vm_options_t; typedef unsigned long long hv_vcpu_options_t;
typedef unsigned long long hv_gpaddr_t; typedef unsigned long long hv_memory_flags_t; typedef const void *hv_uvaddr_t;
enum { HV_SUCCESS = 0, HV_ERROR = 0xfae94001, HV_BUSY, HV_BAD_ARGUMENT, HV_NO_RESOURCES = 0xfae94005, HV_NO_DEVICE, HV_DENIED, HV_UNSUPPORTED = 0xfae9400f };
#define HV_VM_DEFAULT 0
#define HV_VCPU_DEFAULT 0
#define HV_MEMORY_READ 1
#define HV_MEMORY_WRITE 2
#define HV_MEMORY_EXEC 4
typedef enum { HV_VMX_CAP_PINBASED, HV_VMX_CAP_PROCBASED, HV_VMX_CAP_PROCBASED2, HV_VMX_CAP_ENTRY, HV_VMX_CAP_EXIT, HV_VMX_CAP_PREEMPTION_TIMER = 32 } hv_vmx_capability_t;
#define CPU_BASED_TSC_OFFSET (1u << 3)
#define CPU_BASED2_RDTSCP (1u << 3)
#define CPU_BASED2_INVPCID (1u << 12)
#define CPU_BASED2_XSAVES_XRSTORS (1u << 20)
hv_return_t hv_vm_create(hv_vm_options_t flags);
hv_return_t hv_vmx_read_capability(hv_vmx_capability_t field, unsigned long long *value);
`;

export const HYPERVISOR_HEADERS: Readonly<Record<string, string>> = {
  'Hypervisor/hv.h': HYPERVISOR,
  'Hypervisor/hv_vmx.h': '#include <Hypervisor/hv.h>\n',
  'Hypervisor/Hypervisor.h': '#include <Hypervisor/hv.h>\n',
};
