import { CPU_COMMON, CPU_STATE } from './cpus.js';
import { DEVICE_GLOBALS } from './devices.js';
import type { Files } from './files.js';

/**
 * The idiom of 2.x: compat properties are macros that contain one another, registered as globals of devices when the
 * machine starts; machine init functions patch the accelerator's defaults; models have no versions; the accelerator is
 * initialised by a static function.
 */
export const NESTED: Files = {
  ...CPU_COMMON,
  ...DEVICE_GLOBALS,
  // files stood elsewhere
  'softmmu/vl.c': '',
  'softmmu/memory.c': '',
  'softmmu/physmem.c': '',
  'include/hw/boards.h': String.raw`#ifndef HW_BOARDS_H
#define HW_BOARDS_H
#include "hw/qdev-core.h"

#define TYPE_MACHINE_SUFFIX "-machine"
#define TYPE_MACHINE "machine"
#define MACHINE_TYPE_NAME(name) (name TYPE_MACHINE_SUFFIX)
#define MACHINE(obj) OBJECT_CHECK(MachineState, (obj), TYPE_MACHINE)
#define MACHINE_CLASS(klass) OBJECT_CLASS_CHECK(MachineClass, (klass), TYPE_MACHINE)
#define MACHINE_GET_CLASS(obj) OBJECT_GET_CLASS(MachineClass, (obj), TYPE_MACHINE)

struct MachineClass {
    ObjectClass parent_class;
    char *name;
    const char *alias;
    const char *desc;
    void (*init)(MachineState *ms);
    int max_cpus;
    int is_default;
    GArray *compat_props;
};

struct MachineState {
    Object parent_obj;
    struct AccelState *accelerator;
    uint64_t ram_size;
};

extern MachineState *current_machine;
void machine_register_compat_props(MachineState *machine);

#define SET_MACHINE_COMPAT(m, COMPAT) \
    do { \
        static GlobalProperty props[] = { \
            COMPAT \
            { /* end of list */ } \
        }; \
        GlobalProperty *prop; \
        if (!m->compat_props) { \
            m->compat_props = g_array_new(false, false, sizeof(void *)); \
        } \
        for (prop = props; prop->driver; prop++) { \
            g_array_append_val(m->compat_props, prop); \
        } \
    } while (0)
#endif
`,
  'include/hw/compat.h': String.raw`#ifndef HW_COMPAT_H
#define HW_COMPAT_H
#define HW_COMPAT_2_0 \
    { \
        .driver = "net-card", \
        .property = "speed", \
        .value = "100", \
    },
#define HW_COMPAT_1_1 \
    HW_COMPAT_2_0 \
    /* nothing of its own */
#endif
`,
  'hw/core/machine.c': String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"
#include "hw/qdev-globals.h"

static void machine_class_init(ObjectClass *oc, void *data)
{
    MACHINE_CLASS(oc)->max_cpus = 1;
}

static void machine_class_base_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    const char *cname = object_class_get_name(oc);

    if (!object_class_is_abstract(oc)) {
        assert(g_str_has_suffix(cname, TYPE_MACHINE_SUFFIX));
        mc->name = g_strndup(cname, strlen(cname) - strlen(TYPE_MACHINE_SUFFIX));
    }
}

static void register_for_subclass(ObjectClass *oc, void *opaque)
{
    GlobalProperty *p = opaque;

    register_compat_prop(object_class_get_name(oc), p->property, p->value);
}

void machine_register_compat_props(MachineState *machine)
{
    MachineClass *mc = MACHINE_GET_CLASS(machine);
    int i;

    for (i = 0; mc->compat_props && i < mc->compat_props->len; i++) {
        GlobalProperty *p = g_array_index(mc->compat_props, GlobalProperty *, i);
        ObjectClass *oc = object_class_by_name(p->driver);

        /* globals are for exactly one type: those of an abstract one are given to all that inherit from it */
        if (oc && object_class_is_abstract(oc)) {
            object_class_foreach(register_for_subclass, p->driver, false, p);
        } else {
            register_compat_prop(p->driver, p->property, p->value);
        }
    }
}

static const TypeInfo machine_info = {
    .name = TYPE_MACHINE,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(MachineClass),
    .class_init = machine_class_init,
    .class_base_init = machine_class_base_init,
    .instance_size = sizeof(MachineState),
};

static void none_init(MachineState *ms)
{
}

static void none_class_init(ObjectClass *oc, void *data)
{
    MACHINE_CLASS(oc)->desc = "empty machine";
    MACHINE_CLASS(oc)->init = none_init;
}

static const TypeInfo none_info = {
    .name = MACHINE_TYPE_NAME("none"),
    .parent = TYPE_MACHINE,
    .class_init = none_class_init,
};

static void machine_register_types(void)
{
    type_register_static(&machine_info);
    type_register_static(&none_info);
}

type_init(machine_register_types)
`,
  'vl.c': String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/qapi-commands-machine.h"

MachineState *current_machine;

MachineInfoList *qmp_query_machines(Error **errp)
{
    GSList *node, *machines = object_class_get_list(TYPE_MACHINE, false);
    MachineInfoList *list = NULL;

    for (node = machines; node; node = node->next) {
        MachineClass *mc = node->data;
        MachineInfoList *head = g_new0(MachineInfoList, 1);

        head->value = g_new0(MachineInfo, 1);
        head->value->name = g_strdup(mc->name);
        head->value->alias = g_strdup(mc->alias);
        head->value->has_is_default = mc->is_default;
        head->value->is_default = mc->is_default;
        head->value->cpu_max = mc->max_cpus;
        head->next = list;
        list = head;
    }
    return list;
}
`,
  'memory.c': String.raw`#include "qemu/osdep.h"
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
  'exec.c': String.raw`#include "qemu/osdep.h"
#include "exec/memory.h"

static MemoryRegion *system_memory;

MemoryRegion *get_system_memory(void)
{
    return system_memory;
}

static void memory_map_init(void)
{
    system_memory = g_malloc0(sizeof(MemoryRegion));
    memory_region_init(system_memory, NULL, "system", UINT64_MAX);
}

void cpu_exec_init_all(void)
{
    memory_map_init();
}
`,
  'accel/accel.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/accel.h"
#include "hw/qdev-globals.h"

static int accel_init_machine(AccelClass *acc, MachineState *ms)
{
    AccelState *accel = (AccelState *)object_new(object_class_get_name(OBJECT_CLASS(acc)));
    int ret;

    ms->accelerator = accel;
    *acc->allowed = true;
    ret = acc->init_machine(ms);
    if (ret < 0) {
        ms->accelerator = NULL;
        *acc->allowed = false;
        object_unref(OBJECT(accel));
    }
    return ret;
}

void configure_accelerator(MachineState *ms)
{
    const char *name = qemu_opt_get(qemu_get_machine_opts(), "accel");
    AccelClass *acc = ACCEL_CLASS(object_class_by_name(g_strconcat(name, ACCEL_CLASS_SUFFIX, NULL)));

    if (accel_init_machine(acc, ms) < 0) {
        exit(1);
    }
}

void accel_register_compat_props(AccelState *accel)
{
    register_compat_props_array(ACCEL_GET_CLASS(accel)->global_props);
}

static const TypeInfo accel_type = {
    .name = TYPE_ACCEL,
    .parent = TYPE_OBJECT,
    .class_size = sizeof(AccelClass),
    .instance_size = sizeof(AccelState),
    .abstract = true,
};

static void register_accel_types(void)
{
    type_register_static(&accel_type);
}

type_init(register_accel_types)
`,
  'accel/tcg/tcg-all.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/accel.h"

static bool tcg_allowed;

static int tcg_init(MachineState *ms)
{
    tcg_exec_init(0);
    return 0;
}

static void tcg_accel_class_init(ObjectClass *klass, void *data)
{
    ACCEL_CLASS(klass)->name = "tcg";
    ACCEL_CLASS(klass)->init_machine = tcg_init;
    ACCEL_CLASS(klass)->allowed = &tcg_allowed;
}

static const TypeInfo tcg_accel_type = {
    .name = ACCEL_CLASS_NAME("tcg"),
    .parent = TYPE_ACCEL,
    .class_init = tcg_accel_class_init,
};

static void register_tcg_type(void)
{
    type_register_static(&tcg_accel_type);
}

type_init(register_tcg_type)
`,
  'accel/kvm/kvm-all.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/kvm.h"

bool kvm_allowed;
AccelState *kvm_state;
bool kvm_kernel_irqchip;

static GlobalProperty kvm_globals[] = {
    { "Beta-x86_64-cpu", "note", "by the accelerator" },
    { "Beta-x86_64-cpu", "retries", "7" },
    { /* end of list */ },
};

static int kvm_init(MachineState *ms)
{
    int ret = kvm_ioctl(kvm_state, KVM_GET_API_VERSION, 0);

    if (ret < 12) {
        fprintf(stderr, "kvm version not supported\n");
        goto err;
    }
    kvm_state = ms->accelerator;
    kvm_kernel_irqchip = true;
    return 0;

err:
    return -1;
}

static void kvm_accel_class_init(ObjectClass *klass, void *data)
{
    ACCEL_CLASS(klass)->name = "KVM";
    ACCEL_CLASS(klass)->init_machine = kvm_init;
    ACCEL_CLASS(klass)->allowed = &kvm_allowed;
    ACCEL_CLASS(klass)->global_props = kvm_globals;
}

static const TypeInfo kvm_accel_type = {
    .name = ACCEL_CLASS_NAME("kvm"),
    .parent = TYPE_ACCEL,
    .class_init = kvm_accel_class_init,
};

static void kvm_type_init(void)
{
    type_register_static(&kvm_accel_type);
}

type_init(kvm_type_init)
`,
  'include/hw/i386/board.h': String.raw`#ifndef HW_I386_BOARD_H
#define HW_I386_BOARD_H
#include "hw/boards.h"
#include "hw/compat.h"

#define BOARD_COMPAT_2_0 \
    HW_COMPAT_2_0 \
    { \
        .driver = "Beta-" TYPE_X86_CPU, \
        .property = "turbo", \
        .value = "off", \
    },{ \
        .driver = TYPE_X86_CPU, \
        .property = "retries", \
        .value = "20", \
    },

#define BOARD_COMPAT_1_1 \
    HW_COMPAT_1_1 \
    BOARD_COMPAT_2_0 \
    {\
        .driver   = TYPE_X86_CPU,\
        .property = "fold",\
        .value    = "off",\
    },\
    {\
        .driver   = "Alpha" "-" TYPE_X86_CPU,\
        .property = "fold",\
        .value    = "on",\
    },\
    {\
        .driver   = TYPE_X86_CPU,\
        .property = "retries",\
        .value    = stringify(11),\
    },

#define stringify(s) #s
#define DEFINE_BOARD_MACHINE(suffix, namestr, compatfn, optsfn) \
    static void board_init_##suffix(MachineState *machine) \
    { \
        void (*compat)(MachineState *m) = (compatfn); \
        if (compat) { \
            compat(machine); \
        } \
        board_init(machine); \
    } \
    static void board_machine_##suffix##_class_init(ObjectClass *oc, void *data) \
    { \
        MachineClass *mc = MACHINE_CLASS(oc); \
        optsfn(mc); \
        mc->init = board_init_##suffix; \
    } \
    static const TypeInfo board_machine_type_##suffix = { \
        .name = namestr TYPE_MACHINE_SUFFIX, \
        .parent = TYPE_MACHINE, \
        .class_init = board_machine_##suffix##_class_init, \
    }; \
    static void board_machine_init_##suffix(void) \
    { \
        type_register_static(&board_machine_type_##suffix); \
    } \
    type_init(board_machine_init_##suffix)
#endif
`,
  'hw/i386/board.c': String.raw`#include "qemu/osdep.h"
#include "hw/i386/board.h"
#include "cpu.h"

static bool has_new_clock = true;

static void board_init(MachineState *machine)
{
    int i, devices = probe_devices(machine);

    if (has_new_clock) {
        add_clock(machine, devices);
    }
    for (i = 0; i < devices; i++) {
        add_device(machine, i);
    }
}

static void board_compat_2_0(MachineState *machine)
{
    has_new_clock = false;
    x86_cpu_change_kvm_default("pv-eoi", NULL);
}

static void board_compat_1_1(MachineState *machine)
{
    board_compat_2_0(machine);
    x86_cpu_change_kvm_default("mirror", "off");
}

static void board_options(MachineClass *m)
{
    m->desc = "an ordinary board";
    m->max_cpus = 64;
}

static void board_2_1_options(MachineClass *m)
{
    board_options(m);
    m->alias = "board";
    m->is_default = 1;
}

DEFINE_BOARD_MACHINE(2_1, "board-2.1", NULL, board_2_1_options)

static void board_2_0_options(MachineClass *m)
{
    board_2_1_options(m);
    m->alias = NULL;
    m->is_default = 0;
    SET_MACHINE_COMPAT(m, BOARD_COMPAT_2_0);
}

DEFINE_BOARD_MACHINE(2_0, "board-2.0", board_compat_2_0, board_2_0_options)

static void board_1_1_options(MachineClass *m)
{
    board_2_1_options(m);
    m->alias = NULL;
    m->is_default = 0;
    SET_MACHINE_COMPAT(m, BOARD_COMPAT_1_1);
}

DEFINE_BOARD_MACHINE(1_1, "board-1.1", board_compat_1_1, board_1_1_options)
`,
  'target/i386/cpu.h': String.raw`#ifndef I386_CPU_H
#define I386_CPU_H
#include "hw/core/cpu.h"
#include "qemu/cutils.h"
${CPU_STATE}
typedef struct X86CPUDefinition {
    const char *name;
    uint32_t level;
    char vendor[VENDOR_LENGTH + 1];
    int family;
    int stepping;
    FeatureWordArray features;
    char model_id[48];
} X86CPUDefinition;

typedef struct X86CPUClass {
    CPUClass parent_class;
    X86CPUDefinition *cpu_def;
    bool static_model;
    const char *model_description;
} X86CPUClass;

void x86_cpu_change_kvm_default(const char *prop, const char *value);
void x86_cpu_check_and_expand(X86CPU *cpu, Error **errp);
char *x86_cpu_class_alias_of(X86CPUClass *xcc);
#define QUERY_EXPANSION arch_query_cpu_model_expansion
#define model cpu_def
#endif
`,
  'target/i386/cpu.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#undef model
#include "sysemu/kvm.h"

static X86CPUDefinition builtin_x86_defs[] = {
    {
        .name = "Alpha",
        .level = 4,
        .vendor = "AcmeAcmeAcme",
        .family = 6,
        .stepping = 3,
        .features[FEAT_BASE] =
            CPUID_BASE_WARP | CPUID_BASE_TURBO,
        .model_id = "Alpha processor",
    },
    {
        .name = "Beta",
        .level = 2,
        .vendor = "BetaBetaBeta",
        .family = 15,
        .stepping = 1,
        .features[FEAT_BASE] = CPUID_BASE_TURBO | CPUID_BASE_GLIDE,
        .features[FEAT_MORE] = CPUID_MORE_ZOOM,
        .model_id = "Beta processor",
    },
};

static PropValue kvm_default_props[] = {
    { "pv-clock", "on" },
    { "pv-eoi", "on" },
    { "mirror", "on" },
    { NULL, NULL },
};

static PropValue tcg_default_props[] = {
    { "note", "emulated" },
    { NULL, NULL },
};

void x86_cpu_change_kvm_default(const char *prop, const char *value)
{
    PropValue *pv;

    for (pv = kvm_default_props; pv->prop; pv++) {
        if (!strcmp(pv->prop, prop)) {
            pv->value = value;
            return;
        }
    }
    assert(pv->prop);
}

static void x86_cpu_load_def(X86CPU *cpu, X86CPUDefinition *def)
{
    Object *obj = OBJECT(cpu);
    char host_vendor[VENDOR_LENGTH + 1];
    const char *vendor = def->vendor;
    FeatureWord w;

    object_property_set_int(obj, "min-level", def->level, &error_abort);
    object_property_set_int(obj, "family", def->family, &error_abort);
    object_property_set_int(obj, "stepping", def->stepping, &error_abort);
    object_property_set_str(obj, "model-id", def->model_id, &error_abort);
    for (w = 0; w < FEATURE_WORDS; w++) {
        cpu->env.features[w] = def->features[w];
    }
    if (kvm_enabled()) {
        uint32_t ebx, ecx, edx;

        x86_cpu_apply_props(cpu, kvm_default_props);
        host_cpuid(0, 0, NULL, &ebx, &ecx, &edx);
        x86_vendor_words2str(host_vendor, ebx, edx, ecx);
        vendor = host_vendor;
    } else {
        x86_cpu_apply_props(cpu, tcg_default_props);
    }
    cpu->env.features[FEAT_BASE] |= CPUID_BASE_GUEST;
    object_property_set_str(obj, "vendor", vendor, &error_abort);
    memset(&cpu->env.user_features, 0, sizeof(cpu->env.user_features));
}

static void x86_cpu_initfn(Object *obj)
{
    X86CPUClass *xcc = X86_CPU_GET_CLASS(obj);

    x86_cpu_add_basic_properties(obj);
    if (xcc->cpu_def) {
        x86_cpu_load_def(X86_CPU(obj), xcc->cpu_def);
    }
}

void x86_cpu_check_and_expand(X86CPU *cpu, Error **errp)
{
    x86_cpu_expand_features(cpu, errp);
}

char *x86_cpu_class_alias_of(X86CPUClass *xcc)
{
    return NULL;
}

static Property x86_cpu_properties[] = {
    DEFINE_PROP_UINT32("level", X86CPU, env.cpuid_level, UINT32_MAX),
    DEFINE_PROP_UINT32("min-level", X86CPU, env.cpuid_min_level, 0),
    DEFINE_PROP_UINT32("retries", X86CPU, retries, 50),
    DEFINE_PROP_STRING("note", X86CPU, note),
    DEFINE_PROP_END_OF_LIST()
};

static void x86_cpu_common_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), x86_cpu_properties);
}

static void x86_cpu_cpudef_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->cpu_def = data;
}

static void max_x86_cpu_initfn(Object *obj)
{
    X86_CPU(obj)->max_features = true;
    object_property_set_str(obj, "vendor", "MaxiMaxiMaxi", &error_abort);
    object_property_set_int(obj, "min-level", 1, &error_abort);
}

static void max_x86_cpu_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->model_description = "everything there is";
}

static void x86_cpu_base_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->static_model = true;
    X86_CPU_CLASS(oc)->model_description = "nothing at all";
}

static const TypeInfo x86_cpu_type_info = {
    .name = TYPE_X86_CPU,
    .parent = TYPE_CPU,
    .instance_size = sizeof(X86CPU),
    .instance_init = x86_cpu_initfn,
    .abstract = true,
    .class_size = sizeof(X86CPUClass),
    .class_init = x86_cpu_common_class_init,
};

static const TypeInfo max_x86_cpu_type_info = {
    .name = X86_CPU_TYPE_NAME("max"),
    .parent = TYPE_X86_CPU,
    .instance_init = max_x86_cpu_initfn,
    .class_init = max_x86_cpu_class_init,
};

static const TypeInfo x86_base_cpu_type_info = {
    .name = X86_CPU_TYPE_NAME("base"),
    .parent = TYPE_X86_CPU,
    .class_init = x86_cpu_base_class_init,
};

static void x86_cpu_register_types(void)
{
    int i;

    type_register_static(&x86_cpu_type_info);
    for (i = 0; i < ARRAY_SIZE(builtin_x86_defs); i++) {
        char *typename = g_strconcat(builtin_x86_defs[i].name, "-" TYPE_X86_CPU, NULL);
        TypeInfo ti = {
            .name = typename,
            .parent = TYPE_X86_CPU,
            .class_init = x86_cpu_cpudef_class_init,
            .class_data = &builtin_x86_defs[i],
        };

        type_register(&ti);
        g_free(typename);
    }
    type_register_static(&max_x86_cpu_type_info);
    type_register_static(&x86_base_cpu_type_info);
}

type_init(x86_cpu_register_types)
`,
};
