import type { Files } from './files.js';

/** Machine types whose compat properties are arrays, added to one another. */
export const MACHINES: Files = {
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
    const char *name;
    const char *alias;
    const char *desc;
    const char *deprecation_reason;
    void (*init)(MachineState *ms);
    int max_cpus;
    bool is_default;
    const char *default_cpu_type;
    GPtrArray *compat_props;
};

struct MachineState {
    Object parent_obj;
    struct AccelState *accelerator;
    uint64_t ram_size;
};

extern MachineState *current_machine;
void compat_props_add(GPtrArray *array, GlobalProperty props[], size_t count);

extern GlobalProperty hw_compat_2_0[];
extern const size_t hw_compat_2_0_len;
extern GlobalProperty hw_compat_1_1[];
extern const size_t hw_compat_1_1_len;
extern GlobalProperty hw_compat_1_0[];
extern const size_t hw_compat_1_0_len;
#endif
`,
  'hw/core/machine.c': String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"

GlobalProperty hw_compat_2_0[] = {
    { "net-card", "speed", "100" },
    { "cpu", "retries", "20", .optional = true },
    { "device", "no-such-property", "1", .optional = true },
};
const size_t hw_compat_2_0_len = ARRAY_SIZE(hw_compat_2_0);

GlobalProperty hw_compat_1_1[] = {
    { "disk", "cache", "off" },
};
const size_t hw_compat_1_1_len = ARRAY_SIZE(hw_compat_1_1);

GlobalProperty hw_compat_1_0[] = {};
const size_t hw_compat_1_0_len = ARRAY_SIZE(hw_compat_1_0);

void compat_props_add(GPtrArray *array, GlobalProperty props[], size_t count)
{
    size_t i;

    for (i = 0; i < count; i++) {
        g_ptr_array_add(array, &props[i]);
    }
}

static void machine_class_init(ObjectClass *oc, void *data)
{
    MACHINE_CLASS(oc)->max_cpus = 1;
}

static void machine_class_base_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);
    const char *cname = object_class_get_name(oc);

    mc->compat_props = g_ptr_array_new();
    if (!object_class_is_abstract(oc)) {
        assert(g_str_has_suffix(cname, TYPE_MACHINE_SUFFIX));
        mc->name = g_strndup(cname, strlen(cname) - strlen(TYPE_MACHINE_SUFFIX));
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

static void machine_register_types(void)
{
    type_register_static(&machine_info);
}

type_init(machine_register_types)
`,
  'hw/core/null-machine.c': String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"

static void none_init(MachineState *ms)
{
}

static void none_class_init(ObjectClass *oc, void *data)
{
    MachineClass *mc = MACHINE_CLASS(oc);

    mc->desc = "empty machine";
    mc->init = none_init;
}

static const TypeInfo none_types[] = {
    {
        .name = MACHINE_TYPE_NAME("none"),
        .parent = TYPE_MACHINE,
        .class_init = none_class_init,
    },
};

DEFINE_TYPES(none_types)
`,
  'hw/core/machine-qmp-cmds.c': String.raw`#include "qemu/osdep.h"
#include "hw/boards.h"
#include "qapi/qapi-commands-machine.h"

MachineInfoList *qmp_query_machines(Error **errp)
{
    GSList *node, *machines = object_class_get_list(TYPE_MACHINE, false);
    MachineInfoList *list = NULL;

    for (node = machines; node; node = node->next) {
        MachineClass *mc = node->data;
        MachineInfo *info = g_new0(MachineInfo, 1);
        MachineInfoList *head = g_new0(MachineInfoList, 1);

        info->name = g_strdup(mc->name);
        info->alias = g_strdup(mc->alias);
        info->has_is_default = mc->is_default;
        info->is_default = mc->is_default;
        info->cpu_max = mc->max_cpus;
        info->deprecated = mc->deprecation_reason != NULL;
        info->default_cpu_type = g_strdup(mc->default_cpu_type);
        head->value = info;
        head->next = list;
        list = head;
    }
    return list;
}
`,
};

/** A board with versions, written out one function each. */
export const BOARD: Files = {
  'include/hw/i386/board.h': String.raw`#ifndef HW_I386_BOARD_H
#define HW_I386_BOARD_H
#include "hw/boards.h"

#define TYPE_BOARD_MACHINE "generic-board-machine"
#define BOARD_MACHINE_CLASS(klass) OBJECT_CLASS_CHECK(BoardMachineClass, (klass), TYPE_BOARD_MACHINE)
#define BOARD_MACHINE_GET_CLASS(obj) OBJECT_GET_CLASS(BoardMachineClass, (obj), TYPE_BOARD_MACHINE)

typedef struct BoardMachineClass {
    MachineClass parent_class;
    int default_cpu_version;
    bool has_old_firmware;
} BoardMachineClass;

void board_init_cpus(MachineState *ms, int default_cpu_version);
void board_common_options(MachineClass *m);

extern GlobalProperty board_compat_2_0[];
extern const size_t board_compat_2_0_len;
extern GlobalProperty board_compat_1_1[];
extern const size_t board_compat_1_1_len;
extern GlobalProperty board_compat_1_0[];
extern const size_t board_compat_1_0_len;

#define DEFINE_BOARD_MACHINE(suffix, namestr, initfn, optsfn) \
    static void board_machine_##suffix##_class_init(ObjectClass *oc, void *data) \
    { \
        MachineClass *mc = MACHINE_CLASS(oc); \
        optsfn(mc); \
        mc->init = initfn; \
    } \
    static const TypeInfo board_machine_type_##suffix = { \
        .name = namestr TYPE_MACHINE_SUFFIX, \
        .parent = TYPE_BOARD_MACHINE, \
        .class_init = board_machine_##suffix##_class_init, \
    }; \
    static void board_machine_init_##suffix(void) \
    { \
        type_register_static(&board_machine_type_##suffix); \
    } \
    type_init(board_machine_init_##suffix)
#endif
`,
  'hw/i386/board-common.c': String.raw`#include "qemu/osdep.h"
#include "hw/i386/board.h"
#include "exec/memory.h"
#include "cpu.h"

GlobalProperty board_compat_2_0[] = {
    { "Beta" "-" TYPE_X86_CPU, "turbo", "off" },
    { TYPE_X86_CPU, "turbo-assist", "off" },
};
const size_t board_compat_2_0_len = ARRAY_SIZE(board_compat_2_0);

GlobalProperty board_compat_1_1[] = {
    { "Alpha" "-" TYPE_X86_CPU, "glide", "on" },
    { "Alpha" "-" TYPE_X86_CPU, "fold", "on" },
    { TYPE_X86_CPU, "fold", "off" },
    { TYPE_X86_CPU, "retries", "11" },
    { X86_CPU_TYPE_NAME("max"), "pv-clock", "off" },
};
const size_t board_compat_1_1_len = ARRAY_SIZE(board_compat_1_1);

GlobalProperty board_compat_1_0[] = {
    { TYPE_X86_CPU, "retries", "10" },
    { "Alpha" "-" TYPE_X86_CPU, "model-id", "Alpha of old" },
};
const size_t board_compat_1_0_len = ARRAY_SIZE(board_compat_1_0);

void board_init_cpus(MachineState *ms, int default_cpu_version)
{
    x86_cpu_set_default_version(default_cpu_version);
    plug_sockets(ms, ms->ram_size);
}

void board_common_options(MachineClass *m)
{
    m->desc = "an ordinary board";
    m->max_cpus = 64;
    m->default_cpu_type = X86_CPU_TYPE_NAME("Alpha");
}

static void board_class_init(ObjectClass *oc, void *data)
{
    BOARD_MACHINE_CLASS(oc)->default_cpu_version = 1;
}

static const TypeInfo board_info = {
    .name = TYPE_BOARD_MACHINE,
    .parent = TYPE_MACHINE,
    .abstract = true,
    .class_size = sizeof(BoardMachineClass),
    .class_init = board_class_init,
};

static void board_register_types(void)
{
    type_register_static(&board_info);
}

type_init(board_register_types)
`,
  'include/hw/pci/pci.h': String.raw`#ifndef HW_PCI_H
#define HW_PCI_H
#include "hw/boards.h"
#include "exec/memory.h"
typedef struct PciBus PciBus;
PciBus *pci_root_new(MachineState *ms, MemoryRegion *memory);
int pci_slot_used(PciBus *bus, int slot);
void load_firmware(PciBus *bus, const char *name);
#endif
`,
  'hw/i386/board.c': String.raw`#include "qemu/osdep.h"
#include "hw/i386/board.h"
#include "hw/pci/pci.h"
#include "cpu.h"

static void board_init(MachineState *ms)
{
    BoardMachineClass *bmc = BOARD_MACHINE_GET_CLASS(ms);
    PciBus *bus = pci_root_new(ms, get_system_memory());
    int slot;

    board_init_cpus(ms, bmc->default_cpu_version);
    if (bmc->has_old_firmware) {
        load_firmware(bus, "old.bin");
    }
    for (slot = 0; slot < 32; slot++) {
        if (pci_slot_used(bus, slot) < 0) {
            exit(1);
        }
    }
}

static void board_2_1_options(MachineClass *m)
{
    board_common_options(m);
    m->alias = "board";
    m->is_default = true;
    BOARD_MACHINE_CLASS(m)->default_cpu_version = 2;
}

DEFINE_BOARD_MACHINE(2_1, "board-2.1", board_init, board_2_1_options)

static void board_2_0_options(MachineClass *m)
{
    board_2_1_options(m);
    m->alias = NULL;
    m->is_default = false;
    BOARD_MACHINE_CLASS(m)->default_cpu_version = 1;
    compat_props_add(m->compat_props, hw_compat_2_0, hw_compat_2_0_len);
    compat_props_add(m->compat_props, board_compat_2_0, board_compat_2_0_len);
}

DEFINE_BOARD_MACHINE(2_0, "board-2.0", board_init, board_2_0_options)

static void board_1_1_options(MachineClass *m)
{
    board_2_0_options(m);
    compat_props_add(m->compat_props, hw_compat_1_1, hw_compat_1_1_len);
    compat_props_add(m->compat_props, board_compat_1_1, board_compat_1_1_len);
    m->max_cpus = 8;
    BOARD_MACHINE_CLASS(m)->default_cpu_version = CPU_VERSION_LEGACY;
}

DEFINE_BOARD_MACHINE(1_1, "board-1.1", board_init, board_1_1_options)

static void board_1_0_options(MachineClass *m)
{
    board_1_1_options(m);
    BOARD_MACHINE_CLASS(m)->has_old_firmware = true;
    compat_props_add(m->compat_props, hw_compat_1_0, hw_compat_1_0_len);
    compat_props_add(m->compat_props, board_compat_1_0, board_compat_1_0_len);
    m->deprecation_reason = "old";
}

DEFINE_BOARD_MACHINE(1_0, "board-1.0", board_init, board_1_0_options)
`,
  'hw/relic/relic.c': String.raw`#include "qemu/osdep.h"
#include "hw/i386/board.h"

static void relic_init(MachineState *ms)
{
}

static void relic_options(MachineClass *m)
{
    m->desc = "a board that few builds have";
}

DEFINE_BOARD_MACHINE(relic, "relic", relic_init, relic_options)
`,
};

/** The board again, with machine types made from version numbers, and dropped or deprecated by what is this release's own number. */
export const NUMBERED_BOARD: Files = {
  ...BOARD,
  'include/hw/machine-versions.h': String.raw`#ifndef HW_MACHINE_VERSIONS_H
#define HW_MACHINE_VERSIONS_H
#include "hw/boards.h"

#define VER_NAME2(prefix, major, minor) prefix "-" #major "." #minor TYPE_MACHINE_SUFFIX
#define VER_NAME3(prefix, major, minor, tag) prefix "-" #tag "-" #major "." #minor TYPE_MACHINE_SUFFIX
#define VER_SYM2(sym, prefix, major, minor) prefix##_##sym##_##major##_##minor
#define VER_SYM3(sym, prefix, major, minor, tag) prefix##_##sym##_##tag##_##major##_##minor
#define VER_PICK(a, b, c, NAME, ...) NAME
#define MACHINE_VER_TYPE_NAME(prefix, ...) \
    VER_PICK(__VA_ARGS__, VER_NAME3, VER_NAME2)(prefix, __VA_ARGS__)
#define MACHINE_VER_SYM(sym, prefix, ...) \
    VER_PICK(__VA_ARGS__, VER_SYM3, VER_SYM2)(sym, prefix, __VA_ARGS__)

/* a release, counted in minor versions: three a year */
#define VER_COUNT(major, minor, ...) ((major) * 3 + (minor))
#define VER_AGE(...) (VER_COUNT(QEMU_VERSION_MAJOR, QEMU_VERSION_MINOR) - VER_COUNT(__VA_ARGS__))
#define MACHINE_VER_IS_DELETED(...) (VER_AGE(__VA_ARGS__) > 6)
#define MACHINE_VER_IS_DEPRECATED(...) (VER_AGE(__VA_ARGS__) > 3)
#define MACHINE_VER_DELETION(...) \
    do { \
        if (MACHINE_VER_IS_DELETED(__VA_ARGS__)) { \
            return; \
        } \
    } while (0)
#define MACHINE_VER_DEPRECATION(...) (MACHINE_VER_IS_DEPRECATED(__VA_ARGS__) ? "machine types this old go away" : NULL)

#define DEFINE_VERSIONED_BOARD_MACHINE(latest, ...) \
    static void MACHINE_VER_SYM(class_init, board, __VA_ARGS__)(ObjectClass *oc, void *data) \
    { \
        MachineClass *mc = MACHINE_CLASS(oc); \
        mc->init = board_init; \
        MACHINE_VER_SYM(options, board, __VA_ARGS__)(mc); \
        mc->deprecation_reason = MACHINE_VER_DEPRECATION(__VA_ARGS__); \
        if (latest) { \
            mc->alias = "board"; \
            mc->is_default = true; \
        } \
    } \
    static const TypeInfo MACHINE_VER_SYM(info, board, __VA_ARGS__) = { \
        .name = MACHINE_VER_TYPE_NAME("board", __VA_ARGS__), \
        .parent = TYPE_BOARD_MACHINE, \
        .class_init = MACHINE_VER_SYM(class_init, board, __VA_ARGS__), \
    }; \
    static void MACHINE_VER_SYM(register, board, __VA_ARGS__)(void) \
    { \
        MACHINE_VER_DELETION(__VA_ARGS__); \
        type_register_static(&MACHINE_VER_SYM(info, board, __VA_ARGS__)); \
    } \
    type_init(MACHINE_VER_SYM(register, board, __VA_ARGS__))
#define DEFINE_BOARD_MACHINE_V(major, minor) DEFINE_VERSIONED_BOARD_MACHINE(false, major, minor)
#define DEFINE_BOARD_MACHINE_AS_LATEST(major, minor) DEFINE_VERSIONED_BOARD_MACHINE(true, major, minor)
#define DEFINE_BOARD_MACHINE_TAGGED(major, minor, tag) DEFINE_VERSIONED_BOARD_MACHINE(false, major, minor, tag)
#endif
`,
  'hw/i386/board.c': String.raw`#include "qemu/osdep.h"
#include "hw/i386/board.h"
#include "hw/machine-versions.h"
#include "hw/pci/pci.h"
#include "cpu.h"

static void board_init(MachineState *ms)
{
    PciBus *bus = pci_root_new(ms, get_system_memory());

    load_firmware(bus, "new.bin");
    board_init_cpus(ms, BOARD_MACHINE_GET_CLASS(ms)->default_cpu_version);
}

static void board_options_2_1(MachineClass *m)
{
    board_common_options(m);
    BOARD_MACHINE_CLASS(m)->default_cpu_version = 2;
}

DEFINE_BOARD_MACHINE_AS_LATEST(2, 1);

static void board_options_2_0(MachineClass *m)
{
    board_options_2_1(m);
    BOARD_MACHINE_CLASS(m)->default_cpu_version = 1;
    compat_props_add(m->compat_props, hw_compat_2_0, hw_compat_2_0_len);
    compat_props_add(m->compat_props, board_compat_2_0, board_compat_2_0_len);
}

DEFINE_BOARD_MACHINE_V(2, 0);

static void board_options_steady_2_0(MachineClass *m)
{
    static GlobalProperty steady[] = {
        { TYPE_X86_CPU, "retries", "99" },
    };

    board_options_2_0(m);
    compat_props_add(m->compat_props, steady, ARRAY_SIZE(steady));
}

DEFINE_BOARD_MACHINE_TAGGED(2, 0, steady);

static void board_options_1_1(MachineClass *m)
{
    board_options_2_0(m);
    BOARD_MACHINE_CLASS(m)->default_cpu_version = CPU_VERSION_LEGACY;
    compat_props_add(m->compat_props, hw_compat_1_1, hw_compat_1_1_len);
    compat_props_add(m->compat_props, board_compat_1_1, board_compat_1_1_len);
}

DEFINE_BOARD_MACHINE_V(1, 1);

static void board_options_1_0(MachineClass *m)
{
    board_options_1_1(m);
    compat_props_add(m->compat_props, hw_compat_1_0, hw_compat_1_0_len);
    compat_props_add(m->compat_props, board_compat_1_0, board_compat_1_0_len);
}

DEFINE_BOARD_MACHINE_V(1, 0);
`,
};
