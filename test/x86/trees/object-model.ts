import type { Files } from './files.js';

/**
 * The core that every QEMU has in some form: classes and objects made from type descriptions, properties with accessors,
 * errors, visitors. Written for the tests, under the names by which the analyzer knows the parts.
 */
export const OBJECT_MODEL: Files = {
  'include/qemu/osdep.h': String.raw`#ifndef QEMU_OSDEP_H
#define QEMU_OSDEP_H
#include "config-host.h"
#ifdef NEED_CPU_H
#include "config-target.h"
#endif
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <stdlib.h>
#include <assert.h>
#include <glib.h>
#include "qemu/typedefs.h"
#define ARRAY_SIZE(x) (sizeof(x) / sizeof((x)[0]))
#endif
`,
  'include/qemu/typedefs.h': String.raw`#ifndef QEMU_TYPEDEFS_H
#define QEMU_TYPEDEFS_H
typedef struct Error Error;
typedef struct Object Object;
typedef struct ObjectClass ObjectClass;
typedef struct ObjectProperty ObjectProperty;
typedef struct QObject QObject;
typedef struct QDict QDict;
typedef struct TypeImpl TypeImpl;
typedef struct TypeInfo TypeInfo;
typedef struct Visitor Visitor;
typedef struct MachineClass MachineClass;
typedef struct MachineState MachineState;
#endif
`,
  'include/qemu/module.h': String.raw`#ifndef QEMU_MODULE_H
#define QEMU_MODULE_H
typedef enum { MODULE_INIT_OPTS, MODULE_INIT_QOM, MODULE_INIT_MAX } module_init_type;
void register_module_init(void (*fn)(void), module_init_type type);
#define module_init(function, type) \
static void __attribute__((constructor)) construct_##function(void) \
{ \
    register_module_init(function, type); \
}
#define type_init(function) module_init(function, MODULE_INIT_QOM)
#endif
`,
  'include/qapi/error.h': String.raw`#ifndef QAPI_ERROR_H
#define QAPI_ERROR_H
extern Error *error_abort;
extern Error *error_fatal;
#define error_setg(errp, ...) error_setg_internal((errp), __FILE__, __LINE__, __func__, __VA_ARGS__)
void error_setg_internal(Error **errp, const char *src, int line, const char *func, const char *fmt, ...);
void error_propagate(Error **dst, Error *err);
const char *error_get_pretty(const Error *err);
#endif
`,
  'util/error.c': String.raw`#include "qemu/osdep.h"
#include "qapi/error.h"

struct Error {
    char *text;
};

Error *error_abort;
Error *error_fatal;

static void deliver(Error **dst, Error *err)
{
    if (dst == &error_abort || dst == &error_fatal) {
        fprintf(stderr, "%s\n", err->text);
        abort();
    }
    if (dst && !*dst) {
        *dst = err;
    }
}

void error_setg_internal(Error **errp, const char *src, int line, const char *func, const char *fmt, ...)
{
    Error *err;
    va_list ap;

    if (!errp) {
        return;
    }
    err = g_new0(Error, 1);
    va_start(ap, fmt);
    err->text = g_strdup_vprintf(fmt, ap);
    va_end(ap);
    deliver(errp, err);
}

void error_propagate(Error **dst, Error *err)
{
    if (err) {
        deliver(dst, err);
    }
}

const char *error_get_pretty(const Error *err)
{
    return err->text;
}
`,
  'include/qapi/util.h': String.raw`#ifndef QAPI_UTIL_H
#define QAPI_UTIL_H
typedef struct QEnumLookup {
    const char *const *array;
    const int size;
} QEnumLookup;
const char *qapi_enum_lookup(const QEnumLookup *lookup, int val);
#endif
`,
  'qapi/qapi-util.c': String.raw`#include "qemu/osdep.h"
#include "qapi/util.h"

const char *qapi_enum_lookup(const QEnumLookup *lookup, int val)
{
    assert(val >= 0 && val < lookup->size);
    return lookup->array[val];
}
`,
  'include/qapi/visitor.h': String.raw`#ifndef QAPI_VISITOR_H
#define QAPI_VISITOR_H
#include "qapi/util.h"
bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp);
bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp);
bool visit_type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp);
bool visit_type_uint8(Visitor *v, const char *name, uint8_t *obj, Error **errp);
bool visit_type_uint32(Visitor *v, const char *name, uint32_t *obj, Error **errp);
bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj, Error **errp);
bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp);
bool visit_type_enum(Visitor *v, const char *name, int *obj, const QEnumLookup *lookup, Error **errp);
bool visit_type_any(Visitor *v, const char *name, QObject **obj, Error **errp);
Visitor *visitor_reading_text(const char *text);
Visitor *visitor_reading_number(int64_t number);
Visitor *visitor_writing(void);
int64_t visitor_written_number(Visitor *v);
char *visitor_written_text(Visitor *v);
#endif
`,
  'qapi/visitor.c': String.raw`#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"

struct Visitor {
    bool input;
    const char *text;
    int64_t number;
};

Visitor *visitor_reading_text(const char *text)
{
    Visitor *v = g_new0(Visitor, 1);

    v->input = true;
    v->text = text;
    return v;
}

Visitor *visitor_reading_number(int64_t number)
{
    Visitor *v = g_new0(Visitor, 1);

    v->input = true;
    v->number = number;
    return v;
}

Visitor *visitor_writing(void)
{
    return g_new0(Visitor, 1);
}

int64_t visitor_written_number(Visitor *v)
{
    return v->number;
}

char *visitor_written_text(Visitor *v)
{
    return g_strdup(v->text);
}

bool visit_type_int64(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    char *end;

    if (!v->input) {
        v->number = *obj;
    } else if (!v->text) {
        *obj = v->number;
    } else {
        *obj = strtoll(v->text, &end, 0);
        if (end == v->text || *end) {
            error_setg(errp, "Parameter '%s' expects a number", name);
            return false;
        }
    }
    return true;
}

bool visit_type_int(Visitor *v, const char *name, int64_t *obj, Error **errp)
{
    return visit_type_int64(v, name, obj, errp);
}

bool visit_type_uint64(Visitor *v, const char *name, uint64_t *obj, Error **errp)
{
    int64_t wide = *obj;
    bool ok = visit_type_int64(v, name, &wide, errp);

    *obj = wide;
    return ok;
}

static bool visit_narrow(Visitor *v, const char *name, uint64_t *obj, uint64_t max, Error **errp)
{
    if (!visit_type_uint64(v, name, obj, errp)) {
        return false;
    }
    if (*obj > max) {
        error_setg(errp, "Parameter '%s' is out of range", name);
        return false;
    }
    return true;
}

bool visit_type_uint32(Visitor *v, const char *name, uint32_t *obj, Error **errp)
{
    uint64_t wide = *obj;
    bool ok = visit_narrow(v, name, &wide, UINT32_MAX, errp);

    *obj = wide;
    return ok;
}

bool visit_type_uint8(Visitor *v, const char *name, uint8_t *obj, Error **errp)
{
    uint64_t wide = *obj;
    bool ok = visit_narrow(v, name, &wide, UINT8_MAX, errp);

    *obj = wide;
    return ok;
}

bool visit_type_bool(Visitor *v, const char *name, bool *obj, Error **errp)
{
    if (!v->input) {
        v->number = *obj;
    } else if (!v->text) {
        *obj = v->number != 0;
    } else if (!strcmp(v->text, "on") || !strcmp(v->text, "yes") || !strcmp(v->text, "true")) {
        *obj = true;
    } else if (!strcmp(v->text, "off") || !strcmp(v->text, "no") || !strcmp(v->text, "false")) {
        *obj = false;
    } else {
        error_setg(errp, "Parameter '%s' expects 'on' or 'off'", name);
        return false;
    }
    return true;
}

bool visit_type_str(Visitor *v, const char *name, char **obj, Error **errp)
{
    if (!v->input) {
        v->text = *obj;
    } else {
        *obj = g_strdup(v->text);
    }
    return true;
}

bool visit_type_enum(Visitor *v, const char *name, int *obj, const QEnumLookup *lookup, Error **errp)
{
    int i;

    if (!v->input) {
        v->text = qapi_enum_lookup(lookup, *obj);
        return true;
    }
    for (i = 0; i < lookup->size; i++) {
        if (!strcmp(lookup->array[i], v->text)) {
            *obj = i;
            return true;
        }
    }
    error_setg(errp, "Parameter '%s' does not accept value '%s'", name, v->text);
    return false;
}
`,
  'include/qom/object.h': String.raw`#ifndef QEMU_OBJECT_H
#define QEMU_OBJECT_H
#include "qemu/module.h"
#include "qapi/error.h"

#define TYPE_OBJECT "object"
#define TYPE_INTERFACE "interface"
#define OBJECT(obj) ((Object *)(obj))
#define OBJECT_CLASS(klass) ((ObjectClass *)(klass))
#define OBJECT_CHECK(type, obj, name) ((type *)object_dynamic_cast_assert(OBJECT(obj), (name)))
#define OBJECT_CLASS_CHECK(type, klass, name) ((type *)object_class_dynamic_cast(OBJECT_CLASS(klass), (name)))
#define OBJECT_GET_CLASS(type, obj, name) OBJECT_CLASS_CHECK(type, object_get_class(OBJECT(obj)), name)

typedef TypeImpl *Type;
typedef void ObjectPropertyAccessor(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp);
typedef void ObjectPropertyInit(Object *obj, ObjectProperty *prop);

struct ObjectProperty {
    char *name;
    char *type;
    char *description;
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    ObjectPropertyInit *init;
    void *opaque;
};

struct ObjectClass {
    Type type;
    GHashTable *properties;
};

struct Object {
    ObjectClass *class;
    GHashTable *properties;
    Object *parent;
    uint32_t ref;
};

typedef struct InterfaceInfo {
    const char *type;
} InterfaceInfo;

typedef struct InterfaceClass {
    ObjectClass parent_class;
} InterfaceClass;

struct TypeInfo {
    const char *name;
    const char *parent;
    size_t instance_size;
    void (*instance_init)(Object *obj);
    void (*instance_post_init)(Object *obj);
    bool abstract;
    size_t class_size;
    void (*class_init)(ObjectClass *klass, void *data);
    void (*class_base_init)(ObjectClass *klass, void *data);
    void *class_data;
    InterfaceInfo *interfaces;
};

typedef struct ObjectPropertyIterator {
    ObjectClass *nextclass;
    GHashTableIter iter;
} ObjectPropertyIterator;

Type type_register_static(const TypeInfo *info);
Type type_register(const TypeInfo *info);
void type_register_static_array(const TypeInfo *infos, int count);
#define DEFINE_TYPES(array) \
static void register_##array(void) \
{ \
    type_register_static_array(array, ARRAY_SIZE(array)); \
} \
type_init(register_##array)

Object *object_new(const char *typename);
void object_unref(Object *obj);
ObjectClass *object_get_class(Object *obj);
const char *object_get_typename(const Object *obj);
Object *object_dynamic_cast(Object *obj, const char *typename);
Object *object_dynamic_cast_assert(Object *obj, const char *typename);
ObjectClass *object_class_dynamic_cast(ObjectClass *klass, const char *typename);
ObjectClass *object_class_by_name(const char *typename);
ObjectClass *object_class_get_parent(ObjectClass *klass);
const char *object_class_get_name(ObjectClass *klass);
bool object_class_is_abstract(ObjectClass *klass);
void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque), const char *implements_type,
                          bool include_abstract, void *opaque);
GSList *object_class_get_list(const char *implements_type, bool include_abstract);

ObjectProperty *object_property_add(Object *obj, const char *name, const char *type, ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set, void *release, void *opaque);
ObjectProperty *object_class_property_add(ObjectClass *klass, const char *name, const char *type,
                                          ObjectPropertyAccessor *get, ObjectPropertyAccessor *set, void *release,
                                          void *opaque);
void object_property_add_alias(Object *obj, const char *name, Object *target, const char *target_name);
void object_class_property_set_description(ObjectClass *klass, const char *name, const char *description);
ObjectProperty *object_property_find(Object *obj, const char *name, Error **errp);
ObjectProperty *object_class_property_find(ObjectClass *klass, const char *name, Error **errp);
void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj);
void object_class_property_iter_init(ObjectPropertyIterator *iter, ObjectClass *klass);
ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter);
bool object_property_get(Object *obj, const char *name, Visitor *v, Error **errp);
bool object_property_set(Object *obj, const char *name, Visitor *v, Error **errp);
bool object_property_parse(Object *obj, const char *name, const char *text, Error **errp);
bool object_property_set_bool(Object *obj, const char *name, bool value, Error **errp);
bool object_property_set_int(Object *obj, const char *name, int64_t value, Error **errp);
bool object_property_set_str(Object *obj, const char *name, const char *value, Error **errp);
int64_t object_property_get_int(Object *obj, const char *name, Error **errp);
QObject *object_property_get_qobject(Object *obj, const char *name, Error **errp);
void object_property_add_child(Object *obj, const char *name, Object *child);
Object *object_get_root(void);
#endif
`,
  'qom/object.c': String.raw`#include "qemu/osdep.h"
#include "qom/object.h"
#include "qapi/visitor.h"

struct TypeImpl {
    TypeInfo info;
    size_t class_size;
    size_t instance_size;
    TypeImpl *parent;
    ObjectClass *class;
};

static GHashTable *type_table;

static TypeImpl *type_by_name(const char *name)
{
    return type_table && name ? g_hash_table_lookup(type_table, name) : NULL;
}

static TypeImpl *type_add(const TypeInfo *info)
{
    TypeImpl *ti = g_new0(TypeImpl, 1);

    if (!type_table) {
        type_table = g_hash_table_new(g_str_hash, g_str_equal);
    }
    ti->info = *info;
    ti->info.name = g_strdup(info->name);
    ti->info.parent = g_strdup(info->parent);
    assert(!type_by_name(ti->info.name));
    g_hash_table_insert(type_table, (void *)ti->info.name, ti);
    return ti;
}

Type type_register(const TypeInfo *info)
{
    assert(info->parent);
    return type_add(info);
}

Type type_register_static(const TypeInfo *info)
{
    return type_register(info);
}

void type_register_static_array(const TypeInfo *infos, int count)
{
    int i;

    for (i = 0; i < count; i++) {
        type_register_static(&infos[i]);
    }
}

static TypeImpl *type_parent(TypeImpl *ti)
{
    if (!ti->parent && ti->info.parent) {
        ti->parent = type_by_name(ti->info.parent);
        if (!ti->parent) {
            fprintf(stderr, "Type '%s' is missing its parent '%s'\n", ti->info.name, ti->info.parent);
            abort();
        }
    }
    return ti->parent;
}

static size_t class_size_of(TypeImpl *ti)
{
    for (; ti; ti = type_parent(ti)) {
        if (ti->info.class_size) {
            return ti->info.class_size;
        }
    }
    return sizeof(ObjectClass);
}

static size_t instance_size_of(TypeImpl *ti)
{
    for (; ti; ti = type_parent(ti)) {
        if (ti->info.instance_size) {
            return ti->info.instance_size;
        }
    }
    return sizeof(Object);
}

static void type_initialize(TypeImpl *ti)
{
    TypeImpl *parent = type_parent(ti);

    if (ti->class) {
        return;
    }
    ti->class_size = class_size_of(ti);
    ti->instance_size = instance_size_of(ti);
    ti->class = g_malloc0(ti->class_size);
    if (parent) {
        type_initialize(parent);
        memcpy(ti->class, parent->class, parent->class_size);
    }
    ti->class->type = ti;
    ti->class->properties = g_hash_table_new(g_str_hash, g_str_equal);
    for (; parent; parent = type_parent(parent)) {
        if (parent->info.class_base_init) {
            parent->info.class_base_init(ti->class, ti->info.class_data);
        }
    }
    if (ti->info.class_init) {
        ti->info.class_init(ti->class, ti->info.class_data);
    }
}

static void object_class_property_init_all(Object *obj)
{
    ObjectPropertyIterator iter;
    ObjectProperty *prop;

    object_class_property_iter_init(&iter, obj->class);
    while ((prop = object_property_iter_next(&iter))) {
        if (prop->init) {
            prop->init(obj, prop);
        }
    }
}

static void run_instance_init(Object *obj, TypeImpl *ti)
{
    if (type_parent(ti)) {
        run_instance_init(obj, type_parent(ti));
    }
    if (ti->info.instance_init) {
        ti->info.instance_init(obj);
    }
}

static void run_post_init(Object *obj, TypeImpl *ti)
{
    if (ti->info.instance_post_init) {
        ti->info.instance_post_init(obj);
    }
    if (type_parent(ti)) {
        run_post_init(obj, type_parent(ti));
    }
}

Object *object_new(const char *typename)
{
    TypeImpl *ti = type_by_name(typename);
    Object *obj;

    assert(ti);
    type_initialize(ti);
    assert(!ti->info.abstract);
    obj = g_malloc0(ti->instance_size);
    obj->class = ti->class;
    obj->ref = 1;
    obj->properties = g_hash_table_new(g_str_hash, g_str_equal);
    object_class_property_init_all(obj);
    run_instance_init(obj, ti);
    run_post_init(obj, ti);
    return obj;
}

void object_unref(Object *obj)
{
    if (obj) {
        obj->ref--;
    }
}

ObjectClass *object_get_class(Object *obj)
{
    return obj->class;
}

const char *object_get_typename(const Object *obj)
{
    return obj->class->type->info.name;
}

const char *object_class_get_name(ObjectClass *klass)
{
    return klass->type->info.name;
}

bool object_class_is_abstract(ObjectClass *klass)
{
    return klass->type->info.abstract;
}

ObjectClass *object_class_get_parent(ObjectClass *klass)
{
    TypeImpl *parent = type_parent(klass->type);

    return parent ? parent->class : NULL;
}

ObjectClass *object_class_by_name(const char *typename)
{
    TypeImpl *ti = type_by_name(typename);

    if (!ti) {
        return NULL;
    }
    type_initialize(ti);
    return ti->class;
}

ObjectClass *object_class_dynamic_cast(ObjectClass *klass, const char *typename)
{
    TypeImpl *wanted = type_by_name(typename);
    TypeImpl *ti;

    for (ti = klass ? klass->type : NULL; ti; ti = type_parent(ti)) {
        if (ti == wanted) {
            return klass;
        }
    }
    return NULL;
}

Object *object_dynamic_cast(Object *obj, const char *typename)
{
    return obj && object_class_dynamic_cast(obj->class, typename) ? obj : NULL;
}

Object *object_dynamic_cast_assert(Object *obj, const char *typename)
{
    if (obj && !object_dynamic_cast(obj, typename)) {
        fprintf(stderr, "%s is not a %s\n", object_get_typename(obj), typename);
        abort();
    }
    return obj;
}

void object_class_foreach(void (*fn)(ObjectClass *klass, void *opaque), const char *implements_type,
                          bool include_abstract, void *opaque)
{
    GHashTableIter iter;
    void *key, *value;

    g_hash_table_iter_init(&iter, type_table);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        TypeImpl *ti = value;

        type_initialize(ti);
        if (ti->info.abstract && !include_abstract) {
            continue;
        }
        if (implements_type && !object_class_dynamic_cast(ti->class, implements_type)) {
            continue;
        }
        fn(ti->class, opaque);
    }
}

static void collect_class(ObjectClass *klass, void *opaque)
{
    GSList **list = opaque;

    *list = g_slist_prepend(*list, klass);
}

GSList *object_class_get_list(const char *implements_type, bool include_abstract)
{
    GSList *list = NULL;

    object_class_foreach(collect_class, implements_type, include_abstract, &list);
    return list;
}

static ObjectProperty *new_property(const char *name, const char *type, ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set, void *opaque)
{
    ObjectProperty *prop = g_new0(ObjectProperty, 1);

    prop->name = g_strdup(name);
    prop->type = g_strdup(type);
    prop->get = get;
    prop->set = set;
    prop->opaque = opaque;
    return prop;
}

ObjectProperty *object_property_add(Object *obj, const char *name, const char *type, ObjectPropertyAccessor *get,
                                    ObjectPropertyAccessor *set, void *release, void *opaque)
{
    ObjectProperty *prop = new_property(name, type, get, set, opaque);

    assert(!object_property_find(obj, name, NULL));
    g_hash_table_insert(obj->properties, prop->name, prop);
    return prop;
}

ObjectProperty *object_class_property_add(ObjectClass *klass, const char *name, const char *type,
                                          ObjectPropertyAccessor *get, ObjectPropertyAccessor *set, void *release,
                                          void *opaque)
{
    ObjectProperty *prop = new_property(name, type, get, set, opaque);

    assert(!object_class_property_find(klass, name, NULL));
    g_hash_table_insert(klass->properties, prop->name, prop);
    return prop;
}

typedef struct AliasTarget {
    Object *obj;
    char *name;
} AliasTarget;

static void alias_get(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    AliasTarget *target = opaque;

    object_property_get(target->obj, target->name, v, errp);
}

static void alias_set(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    AliasTarget *target = opaque;

    object_property_set(target->obj, target->name, v, errp);
}

void object_property_add_alias(Object *obj, const char *name, Object *target, const char *target_name)
{
    ObjectProperty *original = object_property_find(target, target_name, NULL);
    AliasTarget *alias = g_new0(AliasTarget, 1);

    alias->obj = target;
    alias->name = g_strdup(target_name);
    object_property_add(obj, name, original->type, original->get ? alias_get : NULL, original->set ? alias_set : NULL,
                        NULL, alias);
}

void object_class_property_set_description(ObjectClass *klass, const char *name, const char *description)
{
    object_class_property_find(klass, name, NULL)->description = g_strdup(description);
}

ObjectProperty *object_class_property_find(ObjectClass *klass, const char *name, Error **errp)
{
    for (; klass; klass = object_class_get_parent(klass)) {
        ObjectProperty *prop = g_hash_table_lookup(klass->properties, name);

        if (prop) {
            return prop;
        }
    }
    error_setg(errp, "Property '.%s' not found", name);
    return NULL;
}

ObjectProperty *object_property_find(Object *obj, const char *name, Error **errp)
{
    ObjectProperty *prop = object_class_property_find(obj->class, name, NULL);

    if (!prop) {
        prop = g_hash_table_lookup(obj->properties, name);
    }
    if (!prop) {
        error_setg(errp, "Property '%s.%s' not found", object_get_typename(obj), name);
    }
    return prop;
}

void object_property_iter_init(ObjectPropertyIterator *iter, Object *obj)
{
    g_hash_table_iter_init(&iter->iter, obj->properties);
    iter->nextclass = obj->class;
}

void object_class_property_iter_init(ObjectPropertyIterator *iter, ObjectClass *klass)
{
    g_hash_table_iter_init(&iter->iter, klass->properties);
    iter->nextclass = object_class_get_parent(klass);
}

ObjectProperty *object_property_iter_next(ObjectPropertyIterator *iter)
{
    void *key, *value;

    while (!g_hash_table_iter_next(&iter->iter, &key, &value)) {
        if (!iter->nextclass) {
            return NULL;
        }
        g_hash_table_iter_init(&iter->iter, iter->nextclass->properties);
        iter->nextclass = object_class_get_parent(iter->nextclass);
    }
    return value;
}

bool object_property_get(Object *obj, const char *name, Visitor *v, Error **errp)
{
    Error *err = NULL;
    ObjectProperty *prop = object_property_find(obj, name, errp);

    if (!prop) {
        return false;
    }
    if (!prop->get) {
        error_setg(errp, "Property '%s' is not readable", name);
        return false;
    }
    prop->get(obj, v, name, prop->opaque, &err);
    error_propagate(errp, err);
    return !err;
}

bool object_property_set(Object *obj, const char *name, Visitor *v, Error **errp)
{
    Error *err = NULL;
    ObjectProperty *prop = object_property_find(obj, name, errp);

    if (!prop) {
        return false;
    }
    if (!prop->set) {
        error_setg(errp, "Property '%s' is not writable", name);
        return false;
    }
    prop->set(obj, v, name, prop->opaque, &err);
    error_propagate(errp, err);
    return !err;
}

bool object_property_parse(Object *obj, const char *name, const char *text, Error **errp)
{
    return object_property_set(obj, name, visitor_reading_text(text), errp);
}

bool object_property_set_bool(Object *obj, const char *name, bool value, Error **errp)
{
    return object_property_set(obj, name, visitor_reading_number(value), errp);
}

bool object_property_set_int(Object *obj, const char *name, int64_t value, Error **errp)
{
    return object_property_set(obj, name, visitor_reading_number(value), errp);
}

bool object_property_set_str(Object *obj, const char *name, const char *value, Error **errp)
{
    return object_property_set(obj, name, visitor_reading_text(value), errp);
}

int64_t object_property_get_int(Object *obj, const char *name, Error **errp)
{
    Visitor *v = visitor_writing();

    return object_property_get(obj, name, v, errp) ? visitor_written_number(v) : -1;
}

QObject *object_property_get_qobject(Object *obj, const char *name, Error **errp)
{
    Visitor *v = visitor_writing();

    return object_property_get(obj, name, v, errp) ? (QObject *)v : NULL;
}

void object_property_add_child(Object *obj, const char *name, Object *child)
{
    object_property_add(obj, name, "child<object>", NULL, NULL, NULL, child);
    child->parent = obj;
}

Object *object_get_root(void)
{
    static Object *root;

    if (!root) {
        root = object_new("container");
    }
    return root;
}

static void register_roots(void)
{
    static const TypeInfo object_info = {
        .name = TYPE_OBJECT,
        .instance_size = sizeof(Object),
        .abstract = true,
    };
    static const TypeInfo interface_info = {
        .name = TYPE_INTERFACE,
        .class_size = sizeof(InterfaceClass),
        .abstract = true,
    };
    static const TypeInfo container_info = {
        .name = "container",
        .parent = TYPE_OBJECT,
    };

    type_add(&interface_info);
    type_add(&object_info);
    type_register_static(&container_info);
}

type_init(register_roots)
`,
};
