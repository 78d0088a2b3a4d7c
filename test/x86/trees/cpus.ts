import type { Files } from './files.js';

/** What is the same in every era's target/i386/cpu.h. */
export const CPU_STATE = String.raw`
#define TYPE_X86_CPU "x86_64-cpu"
#define X86_CPU_TYPE_NAME(name) (name "-" TYPE_X86_CPU)
#define X86_CPU(obj) OBJECT_CHECK(X86CPU, (obj), TYPE_X86_CPU)
#define X86_CPU_CLASS(klass) OBJECT_CLASS_CHECK(X86CPUClass, (klass), TYPE_X86_CPU)
#define X86_CPU_GET_CLASS(obj) OBJECT_GET_CLASS(X86CPUClass, (obj), TYPE_X86_CPU)

typedef enum FeatureWord {
    FEAT_BASE,
    FEAT_MORE,
    FEAT_PV,
    FEATURE_WORDS,
} FeatureWord;

typedef uint64_t FeatureWordArray[FEATURE_WORDS];

#define CPUID_BASE_WARP   (1U << 0)
#define CPUID_BASE_TURBO  (1U << 1)
#define CPUID_BASE_FOLD   (1U << 2)
#define CPUID_BASE_GLIDE  (1U << 3)
#define CPUID_BASE_MIRROR (1U << 30)
#define CPUID_BASE_GUEST  (1U << 31)
#define CPUID_MORE_ZOOM   (1U << 0)
#define CPUID_MORE_LEAP   (1U << 5)
#define CPUID_PV_CLOCK    (1U << 0)
#define CPUID_PV_EOI      (1U << 6)

#define VENDOR_LENGTH 12

typedef struct CPUX86State {
    uint32_t cpuid_level;
    uint32_t cpuid_min_level;
    uint32_t cpuid_vendor[3];
    uint32_t cpuid_version;
    FeatureWordArray features;
    FeatureWordArray user_features;
    char model_id[49];
} CPUX86State;

typedef struct X86CPU {
    CPUState parent_obj;
    CPUX86State env;
    bool max_features;
    bool turbo_assist;
    bool pin_cache;
    uint32_t retries;
    char *note;
} X86CPU;

typedef struct PropValue {
    const char *prop, *value;
} PropValue;

typedef struct FeatureWordInfo {
    const char *names[64];
    uint32_t leaf;
    int reg;
    uint64_t tcg_features;
} FeatureWordInfo;

extern const FeatureWordInfo feature_word_info[FEATURE_WORDS];
void x86_cpu_apply_props(X86CPU *cpu, const PropValue *props);
void x86_vendor_words2str(char *dst, uint32_t b, uint32_t d, uint32_t c);
void x86_cpu_expand_features(X86CPU *cpu, Error **errp);
void x86_cpu_add_basic_properties(Object *obj);
uint64_t x86_cpu_supported_word(FeatureWord w);
`;

/** The CPU's accessors, feature words and expansion: the same in every era. */
export const CPU_COMMON: Files = {
  'target/i386/cpu-common.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#include "sysemu/kvm.h"
#include "qapi/visitor.h"

const FeatureWordInfo feature_word_info[FEATURE_WORDS] = {
    [FEAT_BASE] = {
        .names = {
            [0] = "warp", "turbo", "fold", "glide",
            [30] = "mirror", "guest",
        },
        .leaf = 1,
        .tcg_features = CPUID_BASE_WARP | CPUID_BASE_FOLD | CPUID_BASE_GLIDE | CPUID_BASE_GUEST,
    },
    [FEAT_MORE] = {
        .names = {
            "zoom", NULL, NULL, NULL, NULL, "leap",
        },
        .leaf = 7,
        .reg = 1,
        .tcg_features = CPUID_MORE_ZOOM,
    },
    [FEAT_PV] = {
        .names = {
            [0] = "pv-clock",
            [6] = "pv-eoi",
        },
        .leaf = 0x40000001,
    },
};

void x86_cpu_apply_props(X86CPU *cpu, const PropValue *props)
{
    for (; props->prop; props++) {
        if (props->value) {
            object_property_parse(OBJECT(cpu), props->prop, props->value, &error_abort);
        }
    }
}

void x86_vendor_words2str(char *dst, uint32_t b, uint32_t d, uint32_t c)
{
    int i;

    for (i = 0; i < 4; i++) {
        dst[i] = b >> (8 * i);
        dst[i + 4] = d >> (8 * i);
        dst[i + 8] = c >> (8 * i);
    }
    dst[VENDOR_LENGTH] = '\0';
}

static void get_vendor(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    char *text = g_malloc0(VENDOR_LENGTH + 1);

    x86_vendor_words2str(text, env->cpuid_vendor[0], env->cpuid_vendor[1], env->cpuid_vendor[2]);
    visit_type_str(v, name, &text, errp);
}

static void set_vendor(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    char *text;
    int i;

    if (!visit_type_str(v, name, &text, errp)) {
        return;
    }
    if (strlen(text) != VENDOR_LENGTH) {
        error_setg(errp, "Property 'vendor' must have %d characters", VENDOR_LENGTH);
        return;
    }
    memset(env->cpuid_vendor, 0, sizeof(env->cpuid_vendor));
    for (i = 0; i < VENDOR_LENGTH; i++) {
        env->cpuid_vendor[i / 4] |= (uint32_t)(uint8_t)text[i] << (8 * (i % 4));
    }
}

static void get_model_id(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    char *text = X86_CPU(obj)->env.model_id;

    visit_type_str(v, name, &text, errp);
}

static void set_model_id(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    char *text;

    if (visit_type_str(v, name, &text, errp)) {
        pstrcpy(X86_CPU(obj)->env.model_id, sizeof(X86_CPU(obj)->env.model_id), text);
    }
}

static void get_family(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    int64_t value = X86_CPU(obj)->env.cpuid_version >> 8;

    visit_type_int(v, name, &value, errp);
}

static void set_family(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    int64_t value;

    if (!visit_type_int(v, name, &value, errp)) {
        return;
    }
    if (value < 0 || value > 0xff) {
        error_setg(errp, "family %" PRId64 " is too large", value);
        return;
    }
    env->cpuid_version = (env->cpuid_version & 0xff) | value << 8;
}

static void get_stepping(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    int64_t value = X86_CPU(obj)->env.cpuid_version & 0xff;

    visit_type_int(v, name, &value, errp);
}

static void set_stepping(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    int64_t value;

    if (visit_type_int(v, name, &value, errp)) {
        env->cpuid_version = (env->cpuid_version & ~0xff) | (value & 0xff);
    }
}

typedef struct BitProperty {
    FeatureWord w;
    uint64_t mask;
} BitProperty;

static void get_bit(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    BitProperty *bp = opaque;
    bool value = (X86_CPU(obj)->env.features[bp->w] & bp->mask) == bp->mask;

    visit_type_bool(v, name, &value, errp);
}

static void set_bit(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    CPUX86State *env = &X86_CPU(obj)->env;
    BitProperty *bp = opaque;
    bool value;

    if (DEVICE(obj)->realized) {
        error_setg(errp, "too late");
        return;
    }
    if (!visit_type_bool(v, name, &value, errp)) {
        return;
    }
    if (value) {
        env->features[bp->w] |= bp->mask;
    } else {
        env->features[bp->w] &= ~bp->mask;
    }
    env->user_features[bp->w] |= bp->mask;
}

void x86_cpu_add_basic_properties(Object *obj)
{
    FeatureWord w;
    int bit;

    object_property_add(obj, "vendor", "string", get_vendor, set_vendor, NULL, NULL);
    object_property_add(obj, "model-id", "string", get_model_id, set_model_id, NULL, NULL);
    object_property_add(obj, "family", "int", get_family, set_family, NULL, NULL);
    object_property_add(obj, "stepping", "int", get_stepping, set_stepping, NULL, NULL);
    for (w = 0; w < FEATURE_WORDS; w++) {
        for (bit = 0; bit < 64; bit++) {
            BitProperty *bp;

            if (!feature_word_info[w].names[bit]) {
                continue;
            }
            bp = g_new0(BitProperty, 1);
            bp->w = w;
            bp->mask = 1ULL << bit;
            object_property_add(obj, feature_word_info[w].names[bit], "bool", get_bit, set_bit, NULL, bp);
        }
    }
    object_property_add_alias(obj, "speedy", obj, "turbo");
}

uint64_t x86_cpu_supported_word(FeatureWord w)
{
    const FeatureWordInfo *wi = &feature_word_info[w];

    if (kvm_enabled()) {
        return kvm_arch_get_supported_cpuid(kvm_state, wi->leaf, 0, wi->reg);
    }
    return wi->tcg_features;
}

void x86_cpu_expand_features(X86CPU *cpu, Error **errp)
{
    CPUX86State *env = &cpu->env;
    FeatureWord w;

    if (cpu->max_features) {
        for (w = 0; w < FEATURE_WORDS; w++) {
            env->features[w] |= x86_cpu_supported_word(w) & ~env->user_features[w];
        }
    }
    if (env->features[FEAT_MORE] & CPUID_MORE_LEAP) {
        env->features[FEAT_BASE] |= CPUID_BASE_GLIDE & ~env->user_features[FEAT_BASE];
    }
    if (env->features[FEAT_MORE] && env->cpuid_min_level < 7) {
        env->cpuid_min_level = 7;
    }
    if (env->cpuid_level == UINT32_MAX) {
        env->cpuid_level = env->cpuid_min_level;
    }
}
`,
  'target/i386/cpu-queries.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#include "qapi/qmp/qdict.h"
#include "qapi/qapi-commands-machine.h"

static void add_all_properties(X86CPU *cpu, QDict *props)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_property_iter_init(&iter, OBJECT(cpu));
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->get && prop->set) {
            qdict_put_obj(props, prop->name, object_property_get_qobject(OBJECT(cpu), prop->name, &error_abort));
        }
    }
}

CpuModelExpansionInfo *QUERY_EXPANSION(CpuModelExpansionType type, CpuModelInfo *model, Error **errp)
{
    char *typename = g_strconcat(model->name, "-", TYPE_X86_CPU, NULL);
    CpuModelExpansionInfo *ret = g_new0(CpuModelExpansionInfo, 1);
    QDict *props = qdict_new();
    Error *err = NULL;
    X86CPU *cpu;

    if (!object_class_by_name(typename)) {
        error_setg(errp, "CPU model '%s' not found", model->name);
        return NULL;
    }
    cpu = X86_CPU(object_new(typename));
    x86_cpu_check_and_expand(cpu, &err);
    if (err) {
        error_propagate(errp, err);
        return NULL;
    }
    add_all_properties(cpu, props);
    ret->model = g_new0(CpuModelInfo, 1);
    ret->model->name = g_strdup(model->name);
    ret->model->props = (QObject *)props;
    object_unref(OBJECT(cpu));
    return ret;
}

static int compare_classes(const void *a, const void *b)
{
    return strcmp(object_class_get_name((ObjectClass *)a), object_class_get_name((ObjectClass *)b));
}

static void add_definition(void *data, void *opaque)
{
    CpuDefinitionInfoList **list = opaque;
    X86CPUClass *xcc = X86_CPU_CLASS(data);
    const char *typename = object_class_get_name(data);
    CpuDefinitionInfo *info = g_new0(CpuDefinitionInfo, 1);
    CpuDefinitionInfoList *node = g_new0(CpuDefinitionInfoList, 1);

    info->name = g_strndup(typename, strlen(typename) - strlen("-" TYPE_X86_CPU));
    info->q_typename = g_strdup(typename);
    info->q_static = xcc->static_model;
    info->has_migration_safe = true;
    info->migration_safe = xcc->model != NULL;
    x86_cpu_class_check_missing_features(xcc, &info->unavailable_features);
    info->has_unavailable_features = true;
    info->alias_of = x86_cpu_class_alias_of(xcc);
    node->value = info;
    node->next = *list;
    *list = node;
}

CpuDefinitionInfoList *qmp_query_cpu_definitions(Error **errp)
{
    CpuDefinitionInfoList *list = NULL;
    GSList *classes = g_slist_sort(object_class_get_list(TYPE_X86_CPU, false), compare_classes);

    g_slist_foreach(classes, add_definition, &list);
    return list;
}
`,
  'util/cutils.c': String.raw`#include "qemu/osdep.h"
#include "qemu/cutils.h"

void pstrcpy(char *dst, int size, const char *src)
{
    g_strlcpy(dst, src, size);
}
`,
  'include/qemu/cutils.h': String.raw`#ifndef QEMU_CUTILS_H
#define QEMU_CUTILS_H
void pstrcpy(char *dst, int size, const char *src);
#endif
`,
};

/** Versioned models, and what an accelerator adds in a class of its own. */
export const VERSIONED_CPUS: Files = {
  ...CPU_COMMON,
  'target/i386/cpu.h': String.raw`#ifndef I386_CPU_H
#define I386_CPU_H
#include "hw/core/cpu.h"
#include "qemu/cutils.h"
${CPU_STATE}
#define CPU_VERSION_LATEST -1
#define CPU_VERSION_AUTO   -2
#define CPU_VERSION_LEGACY  0

typedef int X86CPUVersion;

typedef struct X86CPUVersionDefinition {
    X86CPUVersion version;
    const char *note;
    PropValue *props;
} X86CPUVersionDefinition;

typedef struct X86CPUDefinition {
    const char *name;
    uint32_t level;
    const char *vendor;
    int family;
    int stepping;
    FeatureWordArray features;
    const char *model_id;
    const X86CPUVersionDefinition *versions;
} X86CPUDefinition;

typedef struct X86CPUModel {
    const X86CPUDefinition *cpudef;
    X86CPUVersion version;
    bool is_alias;
} X86CPUModel;

typedef struct X86CPUClass {
    CPUClass parent_class;
    const X86CPUModel *model;
    bool host_cpuid_required;
    bool static_model;
    const char *model_description;
} X86CPUClass;

void x86_cpu_set_default_version(X86CPUVersion version);
void x86_cpu_check_and_expand(X86CPU *cpu, Error **errp);
char *x86_cpu_class_alias_of(X86CPUClass *xcc);
#define QUERY_EXPANSION qmp_query_cpu_model_expansion
#endif
`,
  'target/i386/cpu.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#include "sysemu/kvm.h"
#include "hw/core/accel-cpu.h"

static const X86CPUDefinition builtin_x86_defs[] = {
    {
        .name = "Alpha",
        .level = 4,
        .vendor = "AcmeAcmeAcme",
        .family = 6,
        .stepping = 3,
        .features[FEAT_BASE] = CPUID_BASE_WARP | CPUID_BASE_TURBO,
        .model_id = "Alpha processor",
        .versions = (X86CPUVersionDefinition[]) {
            { .version = 1 },
            {
                .version = 2,
                .note = "fixed",
                .props = (PropValue[]) {
                    { "turbo", "off" },
                    { "stepping", "5" },
                    { /* end of list */ },
                },
            },
            {
                .version = 3,
                .props = (PropValue[]) {
                    { "leap", "on" },
                    { "model-id", "Alpha processor (leaping)" },
                    { /* end of list */ },
                },
            },
            { /* end of list */ },
        },
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

static X86CPUVersion default_cpu_version = CPU_VERSION_LATEST;

void x86_cpu_set_default_version(X86CPUVersion version)
{
    assert(version != CPU_VERSION_AUTO);
    default_cpu_version = version;
}

static const X86CPUVersionDefinition *versions_of(const X86CPUDefinition *def)
{
    static const X86CPUVersionDefinition only_one[] = { { .version = 1 }, { /* end of list */ } };

    return def->versions ? def->versions : only_one;
}

static X86CPUVersion resolve_version(const X86CPUModel *model)
{
    const X86CPUVersionDefinition *vd;
    X86CPUVersion wanted = model->version == CPU_VERSION_AUTO ? default_cpu_version : model->version;
    X86CPUVersion version = CPU_VERSION_LEGACY;

    for (vd = versions_of(model->cpudef); vd->version; vd++) {
        if (wanted == CPU_VERSION_LATEST || vd->version <= wanted) {
            version = vd->version;
        }
    }
    return version;
}

static void load_model(X86CPU *cpu, const X86CPUModel *model)
{
    const X86CPUDefinition *def = model->cpudef;
    X86CPUVersion version = resolve_version(model);
    const X86CPUVersionDefinition *vd;
    Object *obj = OBJECT(cpu);
    FeatureWord w;

    object_property_set_int(obj, "min-level", def->level, &error_abort);
    object_property_set_int(obj, "family", def->family, &error_abort);
    object_property_set_int(obj, "stepping", def->stepping, &error_abort);
    object_property_set_str(obj, "model-id", def->model_id, &error_abort);
    object_property_set_str(obj, "vendor", def->vendor, &error_abort);
    for (w = 0; w < FEATURE_WORDS; w++) {
        cpu->env.features[w] = def->features[w];
    }
    cpu->env.features[FEAT_BASE] |= CPUID_BASE_GUEST;
    for (vd = versions_of(def); vd->version && version != CPU_VERSION_LEGACY; vd++) {
        if (vd->props) {
            x86_cpu_apply_props(cpu, vd->props);
        }
        if (vd->version == version) {
            break;
        }
    }
    /* the properties of a version are not the user's */
    memset(&cpu->env.user_features, 0, sizeof(cpu->env.user_features));
}

static void x86_cpu_initfn(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);
    X86CPUClass *xcc = X86_CPU_GET_CLASS(obj);

    x86_cpu_add_basic_properties(obj);
    if (xcc->model) {
        load_model(cpu, xcc->model);
    }
}

static void x86_cpu_post_initfn(Object *obj)
{
    CPUClass *cc = CPU_GET_CLASS(obj);

    if (cc->accel_cpu && cc->accel_cpu->cpu_instance_init) {
        cc->accel_cpu->cpu_instance_init(CPU(obj));
    }
}

void x86_cpu_check_and_expand(X86CPU *cpu, Error **errp)
{
    X86CPUClass *xcc = X86_CPU_GET_CLASS(cpu);

    if (xcc->host_cpuid_required && !kvm_enabled()) {
        error_setg(errp, "CPU model '%s' needs a processor to copy", "host");
        return;
    }
    x86_cpu_expand_features(cpu, errp);
}

char *x86_cpu_class_alias_of(X86CPUClass *xcc)
{
    X86CPUVersion version;

    if (!xcc->model || !xcc->model->is_alias) {
        return NULL;
    }
    version = resolve_version(xcc->model);
    return version == CPU_VERSION_LEGACY ? NULL : g_strdup_printf("%s-v%d", xcc->model->cpudef->name, version);
}

void x86_cpu_class_check_missing_features(X86CPUClass *xcc, strList **list)
{
    abort();
}

static Property x86_cpu_properties[] = {
    DEFINE_PROP_UINT32("level", X86CPU, env.cpuid_level, UINT32_MAX),
    DEFINE_PROP_UINT32("min-level", X86CPU, env.cpuid_min_level, 0),
    DEFINE_PROP_UINT32("retries", X86CPU, retries, 50),
    DEFINE_PROP_BOOL("turbo-assist", X86CPU, turbo_assist, true),
    DEFINE_PROP_BOOL("pin-cache", X86CPU, pin_cache, false),
    DEFINE_PROP_STRING("note", X86CPU, note),
    DEFINE_PROP_END_OF_LIST()
};

static void x86_cpu_common_class_init(ObjectClass *oc, void *data)
{
    device_class_set_props(DEVICE_CLASS(oc), x86_cpu_properties);
    object_class_property_set_description(oc, "retries", "how often to try again");
}

static void x86_cpu_model_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->model = data;
}

static void max_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->model_description = "everything there is";
}

static void max_initfn(Object *obj)
{
    X86CPU *cpu = X86_CPU(obj);

    cpu->max_features = true;
    object_property_set_str(obj, "vendor", "MaxiMaxiMaxi", &error_abort);
    object_property_set_int(obj, "family", 6, &error_abort);
    object_property_set_int(obj, "min-level", 1, &error_abort);
}

static void base_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->static_model = true;
    X86_CPU_CLASS(oc)->model_description = "nothing at all";
}

static void host_class_init(ObjectClass *oc, void *data)
{
    X86_CPU_CLASS(oc)->host_cpuid_required = true;
    X86_CPU_CLASS(oc)->model_description = "a copy of the host";
}

static const TypeInfo x86_cpu_types[] = {
    {
        .name = TYPE_X86_CPU,
        .parent = TYPE_CPU,
        .instance_size = sizeof(X86CPU),
        .instance_init = x86_cpu_initfn,
        .instance_post_init = x86_cpu_post_initfn,
        .abstract = true,
        .class_size = sizeof(X86CPUClass),
        .class_init = x86_cpu_common_class_init,
    },
    {
        .name = X86_CPU_TYPE_NAME("max"),
        .parent = TYPE_X86_CPU,
        .instance_init = max_initfn,
        .class_init = max_class_init,
    },
    {
        .name = X86_CPU_TYPE_NAME("base"),
        .parent = TYPE_X86_CPU,
        .class_init = base_class_init,
    },
    {
        .name = X86_CPU_TYPE_NAME("host"),
        .parent = X86_CPU_TYPE_NAME("max"),
        .class_init = host_class_init,
    },
};

static void register_model(const X86CPUDefinition *def, const char *name, X86CPUVersion version, bool is_alias)
{
    X86CPUModel *model = g_new0(X86CPUModel, 1);
    char *typename = g_strconcat(name, "-", TYPE_X86_CPU, NULL);
    TypeInfo ti = {
        .name = typename,
        .parent = TYPE_X86_CPU,
        .class_init = x86_cpu_model_class_init,
        .class_data = model,
    };

    model->cpudef = def;
    model->version = version;
    model->is_alias = is_alias;
    type_register(&ti);
}

static void x86_cpu_register_types(void)
{
    const X86CPUVersionDefinition *vd;
    int i;

    for (i = 0; i < ARRAY_SIZE(x86_cpu_types); i++) {
        type_register_static(&x86_cpu_types[i]);
    }
    for (i = 0; i < ARRAY_SIZE(builtin_x86_defs); i++) {
        const X86CPUDefinition *def = &builtin_x86_defs[i];

        register_model(def, def->name, CPU_VERSION_AUTO, true);
        for (vd = versions_of(def); vd->version; vd++) {
            register_model(def, g_strdup_printf("%s-v%d", def->name, vd->version), vd->version, false);
        }
    }
}

type_init(x86_cpu_register_types)
`,
  'target/i386/tcg/tcg-cpu.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#include "hw/core/accel-cpu.h"

static PropValue tcg_default_props[] = {
    { "mirror", "off" },
    { "note", "emulated" },
    { NULL, NULL },
};

static void tcg_cpu_instance_init(CPUState *cs)
{
    if (X86_CPU_GET_CLASS(cs)->model) {
        x86_cpu_apply_props(X86_CPU(cs), tcg_default_props);
    }
}

static void tcg_cpu_class_init(ObjectClass *oc, void *data)
{
    ((AccelCPUClass *)oc)->cpu_instance_init = tcg_cpu_instance_init;
}

static const TypeInfo tcg_cpu_types[] = {
    {
        .name = "tcg-" TYPE_ACCEL_CPU,
        .parent = TYPE_ACCEL_CPU,
        .class_init = tcg_cpu_class_init,
    },
};

DEFINE_TYPES(tcg_cpu_types)
`,
  'target/i386/kvm/kvm-cpu.c': String.raw`#include "qemu/osdep.h"
#include "cpu.h"
#include "sysemu/kvm.h"
#include "hw/core/accel-cpu.h"

static PropValue kvm_default_props[] = {
    { "pv-clock", "on" },
    { "pv-eoi", "on" },
    { "mirror", "on" },
    { NULL, NULL },
};

static void kvm_cpu_instance_init(CPUState *cs)
{
    X86CPU *cpu = X86_CPU(cs);
    char vendor[VENDOR_LENGTH + 1];
    uint32_t ebx, ecx, edx;

    host_cpuid(0, 0, NULL, &ebx, &ecx, &edx);
    x86_vendor_words2str(vendor, ebx, edx, ecx);
    if (X86_CPU_GET_CLASS(cs)->model || cpu->max_features) {
        object_property_set_str(OBJECT(cpu), "vendor", vendor, &error_abort);
    }
    if (X86_CPU_GET_CLASS(cs)->model) {
        kvm_default_props[2].value = kvm_kernel_irqchip ? "on" : "off";
        x86_cpu_apply_props(cpu, kvm_default_props);
        if (kvm_check_extension(kvm_state, KVM_CAP_TURBO)) {
            cpu->pin_cache = true;
        }
    }
}

static void kvm_cpu_class_init(ObjectClass *oc, void *data)
{
    ((AccelCPUClass *)oc)->cpu_instance_init = kvm_cpu_instance_init;
}

static const TypeInfo kvm_cpu_types[] = {
    {
        .name = "kvm-" TYPE_ACCEL_CPU,
        .parent = TYPE_ACCEL_CPU,
        .class_init = kvm_cpu_class_init,
    },
};

DEFINE_TYPES(kvm_cpu_types)
`,
};
