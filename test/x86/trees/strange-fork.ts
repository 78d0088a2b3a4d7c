import type { SourceTree } from '../../../analyzer/source/tree.js';
import type { Files } from './files.js';
import { arraysTree, changed } from './trees.js';

/** A vendor's QEMU: what is in it stands in files, and under names, of the vendor's own. */
const FORK: Files = {
  // a kind of property of its own
  'include/hw/ratio.h': String.raw`#ifndef HW_RATIO_H
#define HW_RATIO_H
#include "hw/qdev-core.h"
typedef struct Ratio {
    uint16_t up, down;
} Ratio;
extern const PropertyInfo prop_info_ratio;
#define DEFINE_PROP_RATIO(_name, _state, _field, _up, _down) \
    DEFINE_PROP(_name, _state, _field, prop_info_ratio, .has_default = true, .defval.u = (_up) << 16 | (_down))
#endif
`,
  'hw/vendor/ratio.c': String.raw`#include "qemu/osdep.h"
#include "hw/ratio.h"
#include "qapi/visitor.h"

static void ratio_get(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    Ratio *r = object_field_prop_ptr(obj, opaque);
    g_autofree char *text = g_strdup_printf("%u:%u", r->up, r->down);

    visit_type_str(v, name, &text, errp);
}

static void ratio_set(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    Ratio *r = object_field_prop_ptr(obj, opaque);
    unsigned long up, down = 1;
    char *text, *rest;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    up = strtoul(text, &rest, 10);
    if (*rest == ':') {
        down = strtoul(rest + 1, &rest, 10);
    }
    if (*rest || !down) {
        error_setg(errp, "'%s' is no ratio", text);
        return;
    }
    r->up = up;
    r->down = down;
}

static void ratio_default(Object *obj, Property *prop)
{
    Ratio *r = object_field_prop_ptr(obj, prop);

    r->up = prop->defval.u >> 16;
    r->down = prop->defval.u & 0xffff;
}

const PropertyInfo prop_info_ratio = {
    .name = "ratio",
    .get = ratio_get,
    .set = ratio_set,
    .set_default = ratio_default,
};
`,
  // machine types in a directory of their own
  'include/hw/vendor/vendor.h': String.raw`#ifndef HW_VENDOR_H
#define HW_VENDOR_H
#include "hw/i386/board.h"
extern GlobalProperty vendor_compat_el3[];
extern const size_t vendor_compat_el3_len;
typedef enum { VENDOR_PLAIN, VENDOR_HARDENED } VendorProfile;
void vendor_tune(MachineState *ms, VendorProfile profile);
void vendor_late_tune(MachineState *ms);
void vendor_cpu_harden(unsigned strength);
extern unsigned vendor_strength;
extern int vendor_bias;
#define VENDOR_ASSIGN(variable, value) ((variable) = (value))
#endif
`,
  'hw/vendor/vendor-compat.c': String.raw`#include "qemu/osdep.h"
#include "hw/vendor/vendor.h"
#include "cpu.h"

GlobalProperty vendor_compat_el3[] = {
    { TYPE_X86_CPU, "clock-ratio", "7:2" },
    { X86_CPU_TYPE_NAME("Beta"), "note", "el3" },
};
const size_t vendor_compat_el3_len = ARRAY_SIZE(vendor_compat_el3);
`,
  'hw/vendor/tune.c': String.raw`#include "qemu/osdep.h"
#include "hw/vendor/vendor.h"

static void tune_hardened(MachineState *ms)
{
    vendor_cpu_harden(ms->ram_size ? 1 : 2);
}

static void tune_plain(MachineState *ms)
{
}

static void (*const tuners[])(MachineState *ms) = {
    [VENDOR_PLAIN] = tune_plain,
    [VENDOR_HARDENED] = tune_hardened,
};

void vendor_tune(MachineState *ms, VendorProfile profile)
{
    tuners[profile](ms);
}
`,
  'hw/vendor/vendor-board.c': String.raw`#include "qemu/osdep.h"
#include "hw/vendor/vendor.h"
#include "cpu.h"

static void vendor_init(MachineState *ms)
{
    board_init_cpus(ms, 3);
    vendor_build_everything(ms);
    vendor_tune(ms, VENDOR_HARDENED);
    vendor_late_tune(ms);
}

static void vendor_el4(MachineClass *m)
{
    board_common_options(m);
}

DEFINE_BOARD_MACHINE(el4, "vendor-el4", vendor_init, vendor_el4)

static void vendor_el2(MachineClass *m)
{
    static GlobalProperty for_all[] = {
        { "any", "retries", "77", .optional = true },
    };

    vendor_el4(m);
    compat_props_add(m->compat_props, for_all, ARRAY_SIZE(for_all));
}

DEFINE_BOARD_MACHINE(el2, "vendor-el2", vendor_init, vendor_el2)

static void plain_init(MachineState *ms)
{
    board_init_cpus(ms, 1);
    vendor_tune(ms, VENDOR_PLAIN);
}

static void vendor_el3(MachineClass *m)
{
    vendor_el4(m);
    compat_props_add(m->compat_props, vendor_compat_el3, vendor_compat_el3_len);
}

DEFINE_BOARD_MACHINE(el3, "vendor-el3", plain_init, vendor_el3)
`,
  'hw/vendor/late.c': String.raw`#include "qemu/osdep.h"
#include "hw/vendor/vendor.h"

void vendor_late_tune(MachineState *ms)
{
    vendor_say("tuning");
    VENDOR_ASSIGN(vendor_bias, 4);
}
`,
  // what the machine types patch
  'target/i386/vendor-cpu.c': String.raw`#include "qemu/osdep.h"
#include "hw/vendor/vendor.h"

unsigned vendor_strength;
int vendor_bias;

void vendor_cpu_harden(unsigned strength)
{
    vendor_strength = strength;
}
`,
  // an accelerator, whose class for CPUs inherits from that of another
  'accel/hvx/hvx-all.c': String.raw`#include "qemu/osdep.h"
#include "sysemu/accel.h"

bool hvx_allowed;

static GlobalProperty hvx_compat[] = {
    { "x86_64-cpu", "clock-ratio", "5" },
};

static int hvx_init_machine(MachineState *ms)
{
    return 0;
}

static void hvx_class_init(ObjectClass *klass, void *data)
{
    AccelClass *ac = ACCEL_CLASS(klass);

    ac->name = "hvx";
    ac->init_machine = hvx_init_machine;
    ac->allowed = &hvx_allowed;
    ac->compat_props = g_ptr_array_new();
    compat_props_add(ac->compat_props, hvx_compat, ARRAY_SIZE(hvx_compat));
}

static const TypeInfo hvx_types[] = {
    {
        .name = ACCEL_CLASS_NAME("hvx"),
        .parent = TYPE_ACCEL,
        .class_init = hvx_class_init,
    },
};

DEFINE_TYPES(hvx_types)
`,
  'target/i386/hvx/hvx-cpu.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/core/accel-cpu.h"

static void hvx_cpu_instance_init(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);

    if (cpu->env.features[FEAT_BASE] & CPUID_BASE_TURBO) {
        object_property_set_bool(OBJECT(cs), "leap", true, &error_abort);
    }
}

static void hvx_cpu_class_init(ObjectClass *oc, void *data)
{
    ((AccelCPUClass *)oc)->cpu_instance_init = hvx_cpu_instance_init;
}

static const TypeInfo hvx_cpu_types[] = {
    {
        .name = "hvx-" TYPE_ACCEL_CPU,
        .parent = "tcg-" TYPE_ACCEL_CPU,
        .class_init = hvx_cpu_class_init,
    },
};

DEFINE_TYPES(hvx_cpu_types)
`,
};

/** The small tree as a vendor might ship it. */
export function strangeFork(): SourceTree {
  let tree = arraysTree(FORK);
  const edit = (path: string, from: string, to: string): void => { edits = { ...edits, ...changed(tree, path, from, to) }; tree = arraysTree({ ...FORK, ...edits }); };
  let edits: Files = {};
  edit('target/i386/cpu.h', '#include "qemu/cutils.h"', '#include "qemu/cutils.h"\n#include "hw/ratio.h"');
  edit('target/i386/cpu.h', '    char *note;', '    char *note;\n    Ratio ratio;');
  edit('target/i386/cpu.c', '    DEFINE_PROP_STRING("note", X86CPU, note),', '    DEFINE_PROP_STRING("note", X86CPU, note),\n    DEFINE_PROP_RATIO("clock-ratio", X86CPU, ratio, 3, 2),');
  edit('target/i386/cpu.c', '#include "hw/core/accel-cpu.h"', '#include "hw/core/accel-cpu.h"\n#include "hw/vendor/vendor.h"');
  edit('target/i386/cpu.c', '    object_property_set_int(obj, "stepping", def->stepping, &error_abort);', '    object_property_set_int(obj, "stepping", def->stepping + vendor_bias, &error_abort);\n    cpu->pin_cache = vendor_strength > 1;');
  // a driver that stands for all types
  edit('hw/core/qdev.c', 'if (!object_dynamic_cast(obj, p->driver)) {', 'if (strcmp(p->driver, "any") && !object_dynamic_cast(obj, p->driver)) {');
  edit('hw/i386/board-common.c', '    { TYPE_X86_CPU, "retries", "10" },', '    { TYPE_X86_CPU, "retries", "10" },\n    { "any", "note", "of old", .optional = true },');
  return tree;
}
