import type { Files } from './files.js';

/**
 * The idiom of 2.0: machine types are static structs, accelerators a table, compat properties plain arrays; the list of models
 * has no types in it, not all models are in it, and there is no query for expanded CPUs. Accessors are given their opaque
 * pointer before the name, and whoever walks over properties is given the iterator.
 */
export function aged(files: Files): Files {
  const boards = files['hw/i386/board.c']!;
  const cpu = files['target/i386/cpu.c']!;
  const all: Files = {
    ...files,
    'accel/accel.c': '',
    'accel/tcg/tcg-all.c': '',
    'include/hw/boards.h': BOARDS,
    'hw/core/machine.c': MACHINE,
    'vl.c': MAIN,
    'accel/kvm/kvm-all.c': KVM,
    'include/qemu/module.h': files['include/qemu/module.h']!.replace('MODULE_INIT_QOM,', 'MODULE_INIT_MACHINE, MODULE_INIT_QOM,')
      .replace('#define type_init(', '#define machine_init(function) module_init(function, MODULE_INIT_MACHINE)\n#define type_init('),
    'include/hw/i386/board.h': files['include/hw/i386/board.h']!.replace(/#define stringify[^]*#endif/, '#define stringify(s) #s\n#endif'),
    'hw/i386/board.c': boards.slice(0, boards.indexOf('static void board_options')).replaceAll('MachineState *machine', 'QEMUMachineInitArgs *machine') + BOARD_TABLE,
    'hw/core/qdev.c': `${files['hw/core/qdev.c']!}
void qdev_prop_register_global_list(GlobalProperty *props)
{
    int i;

    for (i = 0; props[i].driver != NULL; i++) {
        qdev_prop_register_global(props + i);
    }
}
`,
    'include/hw/core/cpu.h': files['include/hw/core/cpu.h']!.replace('    const struct AccelCPUClass', '    ObjectClass *(*class_by_name)(const char *model);\n    void (*parse_features)(CPUState *cpu, char *features, Error **errp);\n    const struct AccelCPUClass'),
    'hw/core/cpu.c': `${files['hw/core/cpu.c']!}
ObjectClass *cpu_class_by_name(const char *typename, const char *model)
{
    return CPU_CLASS(object_class_by_name(typename))->class_by_name(model);
}
`,
    'qapi/machine.json': files['qapi/machine.json']!.replace(" 'typename': 'str',", ''),
    'target/i386/cpu-queries.c': files['target/i386/cpu-queries.c']!.replace(/static void add_all_properties[^]*?(?=static int compare_classes)/, '')
      .replace('    info->q_typename = g_strdup(typename);\n', '').replace('    CpuDefinitionInfo *info = g_new0', '    CpuDefinitionInfo *info;\n\n    if (!xcc->model) {\n        return;\n    }\n    info = g_new0')
      .replace('g_new0(CpuDefinitionInfo, 1);\n    CpuDefinitionInfoList *node = g_new0(CpuDefinitionInfoList, 1);', 'g_new0(CpuDefinitionInfo, 1);')
      .replace('    node->value = info;', '    CpuDefinitionInfoList *node = g_new0(CpuDefinitionInfoList, 1);\n    node->value = info;'),
    'target/i386/cpu.h': files['target/i386/cpu.h']!.replace('    bool static_model;', '    bool static_model;\n    bool kvm_required;'),
    'target/i386/cpu.c': cpu.replace('static void x86_cpu_common_class_init', `${PARSING}static void x86_cpu_common_class_init`)
      .replace('device_class_set_props(DEVICE_CLASS(oc), x86_cpu_properties);', `device_class_set_props(DEVICE_CLASS(oc), x86_cpu_properties);
    DEVICE_CLASS(oc)->realize = x86_cpu_realizefn;
    CPU_CLASS(oc)->class_by_name = x86_cpu_class_by_name;
    CPU_CLASS(oc)->parse_features = x86_cpu_parse_featurestr;`)
      .replace('X86_CPU_CLASS(oc)->model_description = "everything there is";', 'X86_CPU_CLASS(oc)->kvm_required = true;'),
    'qom/object.c': files['qom/object.c']!.replace('void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj)\n{\n', 'ObjectPropertyIterator *object_property_iter_init(Object *obj)\n{\n    ObjectPropertyIterator *iter = g_new0(ObjectPropertyIterator, 1);\n\n')
      .replace('    iter->nextclass = obj->class;\n', '    iter->nextclass = obj->class;\n    return iter;\n').replaceAll('name, prop->opaque, &err', 'prop->opaque, name, &err'),
    'include/qom/object.h': files['include/qom/object.h']!.replace('void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj);', 'ObjectPropertyIterator *object_property_iter_init(Object *obj);'),
  };
  return Object.fromEntries(Object.entries(all).map(([path, text]) => [path, text.replaceAll('const char *name, void *opaque, Error **errp', 'void *opaque, const char *name, Error **errp')]));
}

const BOARDS = String.raw`#ifndef HW_BOARDS_H
#define HW_BOARDS_H
#include "hw/qdev-core.h"

typedef struct QEMUMachine QEMUMachine;
typedef struct QEMUMachineInitArgs {
    const QEMUMachine *machine;
    uint64_t ram_size;
} QEMUMachineInitArgs;

struct QEMUMachine {
    const char *name;
    const char *alias;
    void (*init)(QEMUMachineInitArgs *args);
    int max_cpus;
    int is_default;
    GlobalProperty *compat_props;
    const char *hw_version;
};

#define TYPE_MACHINE "machine"
#define MACHINE_CLASS(klass) OBJECT_CLASS_CHECK(MachineClass, (klass), TYPE_MACHINE)

struct MachineClass {
    ObjectClass parent_class;
    QEMUMachine *qemu_machine;
};

struct MachineState {
    Object parent_obj;
    QEMUMachineInitArgs init_args;
};

int qemu_register_machine(QEMUMachine *m);
extern MachineState *current_machine;
#endif
`;

const MACHINE = String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"

static void machine_none_init(QEMUMachineInitArgs *args)
{
}

static QEMUMachine machine_none = {
    .name = "none",
    .init = machine_none_init,
    .max_cpus = 1,
};

static void register_machines(void)
{
    qemu_register_machine(&machine_none);
}

machine_init(register_machines)

static const TypeInfo machine_info = {
    .name = TYPE_MACHINE,
    .parent = TYPE_OBJECT,
    .abstract = true,
    .class_size = sizeof(MachineClass),
    .instance_size = sizeof(MachineState),
};

static void machine_register_types(void)
{
    type_register_static(&machine_info);
}

type_init(machine_register_types)
`;

const MAIN = String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"
#include "sysemu/kvm.h"
#include "qapi/qapi-commands-machine.h"

MachineState *current_machine;
static bool tcg_allowed = true;
const char *qemu_version = "2.0.1";

void qemu_set_version(const char *version)
{
    qemu_version = version;
}

static void machine_class_init(ObjectClass *oc, void *data)
{
    MACHINE_CLASS(oc)->qemu_machine = data;
}

int qemu_register_machine(QEMUMachine *m)
{
    TypeInfo ti = {
        .name = g_strconcat(m->name, "-machine", NULL),
        .parent = TYPE_MACHINE,
        .class_init = machine_class_init,
        .class_data = m,
    };

    type_register(&ti);
    return 0;
}

MachineInfoList *qmp_query_machines(Error **errp)
{
    GSList *node, *machines = object_class_get_list(TYPE_MACHINE, false);
    MachineInfoList *list = NULL;

    for (node = machines; node; node = node->next) {
        QEMUMachine *m = ((MachineClass *)node->data)->qemu_machine;
        MachineInfoList *head = g_new0(MachineInfoList, 1);

        head->value = g_new0(MachineInfo, 1);
        head->value->name = g_strdup(m->name);
        head->value->alias = g_strdup(m->alias);
        head->value->has_is_default = m->is_default;
        head->value->is_default = m->is_default;
        head->value->cpu_max = m->max_cpus;
        head->next = list;
        list = head;
    }
    return list;
}

static int tcg_available(void)
{
    return 1;
}

static int xen_available(void)
{
    return 0;
}

static int tcg_init(QEMUMachine *machine)
{
    return 0;
}

static int kvm_available(void)
{
    return 1;
}

int kvm_init(QEMUMachine *machine);

static struct {
    const char *opt_name;
    const char *name;
    int (*available)(void);
    int (*init)(QEMUMachine *machine);
    bool *allowed;
} accel_list[] = {
    { "tcg", "tcg", tcg_available, tcg_init, &tcg_allowed },
    { "xen", "Xen", xen_available, tcg_init, &tcg_allowed },
    { "kvm", "KVM", kvm_available, kvm_init, &kvm_allowed },
};

int configure_accelerator(QEMUMachine *machine, int i)
{
    *accel_list[i].allowed = true;
    return accel_list[i].init(machine);
}
`;

const KVM = String.raw`#include "qemu/osdep.h"
#include "sysemu/kvm.h"

bool kvm_allowed;
AccelState *kvm_state;
bool kvm_kernel_irqchip;

int kvm_init(QEMUMachine *machine)
{
    int ret = kvm_ioctl(kvm_state, KVM_GET_API_VERSION, 0);

    if (ret < 12) {
        fprintf(stderr, "kvm version not supported\n");
        return -1;
    }
    kvm_state = g_malloc0(sizeof(AccelState));
    return 0;
}
`;

const BOARD_TABLE = String.raw`
static void board_init_1_1(QEMUMachineInitArgs *args)
{
    board_compat_1_1(args);
    board_init(args);
}

#define BOARD_OPTIONS .max_cpus = 64

static QEMUMachine board_2_1 = {
    BOARD_OPTIONS,
    .name = "board-2.1",
    .alias = "board",
    .is_default = 1,
    .init = board_init,
};

static QEMUMachine board_1_1 = {
    BOARD_OPTIONS,
    .name = "board-1.1",
    .init = board_init_1_1,
    .hw_version = "1.1",
    .compat_props = (GlobalProperty[]) {
        BOARD_COMPAT_1_1
        { /* end of list */ }
    },
};

static void board_machines(void)
{
    qemu_register_machine(&board_2_1);
    qemu_register_machine(&board_1_1);
}

machine_init(board_machines)
`;

const PARSING = String.raw`extern const char *qemu_version;

void cpudef_init(void)
{
    snprintf(builtin_x86_defs[1].model_id, sizeof(builtin_x86_defs[1].model_id), "Beta processor %s", qemu_version);
}

static ObjectClass *x86_cpu_class_by_name(const char *model)
{
    return object_class_by_name(g_strconcat(model, "-" TYPE_X86_CPU, NULL));
}

static void x86_cpu_parse_featurestr(CPUState *cs, char *features, Error **errp)
{
    if (!features) {
        X86_CPU(cs)->retries++;
    }
}

static void x86_cpu_load_features(X86CPU *cpu, Error **errp)
{
    if (cpu->env.cpuid_level == UINT32_MAX) {
        cpu->env.cpuid_level = cpu->env.cpuid_min_level;
    }
}

static void x86_cpu_realizefn(DeviceState *dev, Error **errp)
{
    x86_cpu_load_features(X86_CPU(dev), errp);
    X86_CPU(dev)->env.features[FEAT_BASE] = 0;
}

`;
