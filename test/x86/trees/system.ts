import type { Files } from './files.js';

/** What the monitor answers with, and the parts of the system that CPUs touch: memory, the machine that runs. All eras. */
export const SYSTEM: Files = {
  'qapi/qapi-schema.json': "{ 'include': 'machine.json' }\n",
  'qapi/machine.json': `
{ 'struct': 'MachineInfo',
  'data': { 'name': 'str', '*alias': 'str', '*is-default': 'bool', 'cpu-max': 'int', 'deprecated': 'bool', '*default-cpu-type': 'str' } }
{ 'command': 'query-machines', 'returns': ['MachineInfo'] }
{ 'struct': 'CpuDefinitionInfo',
  'data': { 'name': 'str', '*migration-safe': 'bool', 'static': 'bool', '*unavailable-features': [ 'str' ], 'typename': 'str', '*alias-of': 'str', 'deprecated': 'bool' } }
{ 'command': 'query-cpu-definitions', 'returns': ['CpuDefinitionInfo'] }
{ 'enum': 'CpuModelExpansionType', 'data': [ 'static', 'full' ] }
{ 'struct': 'CpuModelInfo', 'data': { 'name': 'str', '*props': 'any' } }
{ 'struct': 'CpuModelExpansionInfo', 'data': { 'model': 'CpuModelInfo' } }
{ 'command': 'query-cpu-model-expansion', 'data': { 'type': 'CpuModelExpansionType', 'model': 'CpuModelInfo' }, 'returns': 'CpuModelExpansionInfo' }
`,
  'include/qapi/qmp/qdict.h': String.raw`#ifndef QDICT_H
#define QDICT_H
QDict *qdict_new(void);
void qdict_put_obj(QDict *dict, const char *key, QObject *value);
#endif
`,
  'qobject/qdict.c': String.raw`#include "qemu/osdep.h"
#include "qapi/qmp/qdict.h"

struct QDict {
    GHashTable *entries;
};

QDict *qdict_new(void)
{
    QDict *dict = g_new0(QDict, 1);

    dict->entries = g_hash_table_new(g_str_hash, g_str_equal);
    return dict;
}

void qdict_put_obj(QDict *dict, const char *key, QObject *value)
{
    g_hash_table_insert(dict->entries, g_strdup(key), value);
}
`,
  'include/exec/memory.h': String.raw`#ifndef MEMORY_H
#define MEMORY_H
#include "qom/object.h"
#define TYPE_MEMORY_REGION "memory-region"

typedef struct MemoryRegion {
    Object parent_obj;
    char *name;
    uint64_t size;
} MemoryRegion;

void memory_region_init(MemoryRegion *mr, Object *owner, const char *name, uint64_t size);
MemoryRegion *get_system_memory(void);
void cpu_exec_init_all(void);
void memory_region_publish(MemoryRegion *mr);
#endif
`,
  'softmmu/memory.c': String.raw`#include "qemu/osdep.h"
#include "exec/memory.h"

void memory_region_init(MemoryRegion *mr, Object *owner, const char *name, uint64_t size)
{
    mr->name = g_strdup(name);
    mr->size = size;
}

static const TypeInfo memory_region_info = {
    .name = TYPE_MEMORY_REGION,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(MemoryRegion),
};

static void memory_register_types(void)
{
    type_register_static(&memory_region_info);
}

type_init(memory_register_types)
`,
  'softmmu/physmem.c': String.raw`#include "qemu/osdep.h"
#include "exec/memory.h"

static MemoryRegion *system_memory;

MemoryRegion *get_system_memory(void)
{
    return system_memory;
}

static void memory_map_init(void)
{
    system_memory = (MemoryRegion *)object_new(TYPE_MEMORY_REGION);
    memory_region_init(system_memory, NULL, "system", UINT64_MAX);
    memory_region_publish(system_memory);
}

void cpu_exec_init_all(void)
{
    memory_map_init();
}
`,
  'softmmu/vl.c': String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"

MachineState *current_machine;
`,
  'include/hw/core/cpu.h': String.raw`#ifndef CORE_CPU_H
#define CORE_CPU_H
#include "hw/qdev-core.h"
#include "exec/memory.h"

#define TYPE_CPU "cpu"
#define CPU(obj) ((CPUState *)(obj))
#define CPU_CLASS(klass) OBJECT_CLASS_CHECK(CPUClass, (klass), TYPE_CPU)
#define CPU_GET_CLASS(obj) OBJECT_GET_CLASS(CPUClass, (obj), TYPE_CPU)

typedef struct CPUState {
    DeviceState parent_obj;
    MemoryRegion *memory;
} CPUState;

typedef struct CPUClass {
    DeviceClass parent_class;
    const struct AccelCPUClass *accel_cpu;
} CPUClass;
#endif
`,
  'hw/core/cpu.c': String.raw`#include "qemu/osdep.h"
#include "hw/core/cpu.h"
#include "qapi/visitor.h"

static void get_memory(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    char *text = CPU(obj)->memory ? CPU(obj)->memory->name : (char *)"";

    visit_type_str(v, name, &text, errp);
}

static void cpu_common_initfn(Object *obj)
{
    CPU(obj)->memory = get_system_memory();
    object_property_add(obj, "memory", "link<" TYPE_MEMORY_REGION ">", get_memory, NULL, NULL, NULL);
}

static const TypeInfo cpu_type_info = {
    .name = TYPE_CPU,
    .parent = TYPE_DEVICE,
    .instance_size = sizeof(CPUState),
    .instance_init = cpu_common_initfn,
    .abstract = true,
    .class_size = sizeof(CPUClass),
};

static void cpu_register_types(void)
{
    type_register_static(&cpu_type_info);
}

type_init(cpu_register_types)
`,
  'include/sysemu/accel.h': String.raw`#ifndef ACCEL_H
#define ACCEL_H
#include "hw/boards.h"
#define TYPE_ACCEL "accel"
#define ACCEL_CLASS_SUFFIX "-" TYPE_ACCEL
#define ACCEL_CLASS_NAME(name) (name ACCEL_CLASS_SUFFIX)
#define ACCEL_CLASS(klass) OBJECT_CLASS_CHECK(AccelClass, (klass), TYPE_ACCEL)
#define ACCEL_GET_CLASS(obj) OBJECT_GET_CLASS(AccelClass, (obj), TYPE_ACCEL)
#define TYPE_ACCEL_CPU_PREFIX "accel-cpu-"

typedef struct AccelState {
    Object parent_obj;
} AccelState;

typedef struct AccelClass {
    ObjectClass parent_class;
    const char *name;
    bool *allowed;
    int (*init_machine)(MachineState *ms);
    GPtrArray *compat_props;
    GlobalProperty *global_props;
} AccelClass;
#endif
`,
  'include/sysemu/kvm.h': String.raw`#ifndef SYSEMU_KVM_H
#define SYSEMU_KVM_H
#include "sysemu/accel.h"
extern bool kvm_allowed;
extern struct AccelState *kvm_state;
extern bool kvm_kernel_irqchip;
#ifdef CONFIG_KVM
#define kvm_enabled() (kvm_allowed)
#else
#define kvm_enabled() (0)
#endif
#define KVM_GET_API_VERSION 0xae00
#define KVM_CAP_TURBO 77
int kvm_ioctl(AccelState *s, int type, ...);
int kvm_check_extension(AccelState *s, unsigned int extension);
uint32_t kvm_arch_get_supported_cpuid(AccelState *s, uint32_t function, uint32_t index, int reg);
void host_cpuid(uint32_t function, uint32_t count, uint32_t *eax, uint32_t *ebx, uint32_t *ecx, uint32_t *edx);
#endif
`,
};

/** Accelerators as classes that also come with a class for CPUs. */
export const ACCEL_CLASSES: Files = {
  'include/hw/core/accel-cpu.h': String.raw`#ifndef ACCEL_CPU_H
#define ACCEL_CPU_H
#include "hw/core/cpu.h"
#define TYPE_ACCEL_CPU "accel-cpu"
typedef struct AccelCPUClass {
    ObjectClass parent_class;
    void (*cpu_instance_init)(CPUState *cpu);
} AccelCPUClass;
#endif
`,
  'accel/accel-common.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/accel.h"
#include "hw/core/accel-cpu.h"

static void attach_accel_cpu(ObjectClass *klass, void *opaque)
{
    CPU_CLASS(klass)->accel_cpu = opaque;
}

void accel_init_interfaces(AccelClass *ac)
{
    char *name = g_strdup_printf("%s-%s", ac->name, TYPE_ACCEL_CPU);
    ObjectClass *found = object_class_by_name(name);

    if (found) {
        object_class_foreach(attach_accel_cpu, TYPE_CPU, true, found);
    }
}

static const TypeInfo accel_types[] = {
    {
        .name = TYPE_ACCEL,
        .parent = TYPE_OBJECT,
        .class_size = sizeof(AccelClass),
        .instance_size = sizeof(AccelState),
        .abstract = true,
    },
    {
        .name = TYPE_ACCEL_CPU,
        .parent = TYPE_OBJECT,
        .class_size = sizeof(AccelCPUClass),
        .abstract = true,
    },
};

DEFINE_TYPES(accel_types)
`,
  'accel/accel-softmmu.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/accel.h"
#include "qom/compat-properties.h"

int accel_init_machine(AccelState *accel, MachineState *ms)
{
    AccelClass *acc = ACCEL_GET_CLASS(accel);
    int ret;

    ms->accelerator = accel;
    *acc->allowed = true;
    ret = acc->init_machine(ms);
    if (ret < 0) {
        *acc->allowed = false;
        return ret;
    }
    object_set_accelerator_compat_props(acc->compat_props);
    return 0;
}
`,
  'accel/tcg/tcg-all.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/accel.h"

static bool tcg_allowed;

static int tcg_init_machine(MachineState *ms)
{
    tcg_exec_init(page_size_of_host());
    return 0;
}

static void tcg_accel_class_init(ObjectClass *klass, void *data)
{
    AccelClass *ac = ACCEL_CLASS(klass);

    ac->name = "tcg";
    ac->init_machine = tcg_init_machine;
    ac->allowed = &tcg_allowed;
}

static const TypeInfo tcg_types[] = {
    {
        .name = ACCEL_CLASS_NAME("tcg"),
        .parent = TYPE_ACCEL,
        .class_init = tcg_accel_class_init,
    },
};

DEFINE_TYPES(tcg_types)
`,
  'accel/kvm/kvm-all.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/kvm.h"

bool kvm_allowed;
AccelState *kvm_state;
bool kvm_kernel_irqchip;

static GlobalProperty kvm_compat[] = {
    { "x86_64-cpu", "retries", "7" },
    { "x86_64-cpu", "note", "by the accelerator" },
};

static int kvm_init(MachineState *ms)
{
    int ret = kvm_ioctl(kvm_state, KVM_GET_API_VERSION, 0);

    if (ret < 12) {
        ret = ret < 0 ? ret : -1;
        goto fail;
    }
    kvm_state = ms->accelerator;
    kvm_kernel_irqchip = true;
    return 0;

fail:
    return ret;
}

static void kvm_accel_class_init(ObjectClass *klass, void *data)
{
    AccelClass *ac = ACCEL_CLASS(klass);

    ac->name = "kvm";
    ac->init_machine = kvm_init;
    ac->allowed = &kvm_allowed;
    ac->compat_props = g_ptr_array_new();
    compat_props_add(ac->compat_props, kvm_compat, ARRAY_SIZE(kvm_compat));
}

static const TypeInfo kvm_types[] = {
    {
        .name = ACCEL_CLASS_NAME("kvm"),
        .parent = TYPE_ACCEL,
        .class_init = kvm_accel_class_init,
    },
};

DEFINE_TYPES(kvm_types)
`,
};
