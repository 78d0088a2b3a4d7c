import type { Files } from './files.js';

/** Devices and their property tables, the same in all eras; how defaults reach an object differs (see the eras). */
export const DEVICES: Files = {
  'include/hw/qdev-core.h': String.raw`#ifndef QDEV_CORE_H
#define QDEV_CORE_H
#include "qom/object.h"

#define TYPE_DEVICE "device"
#define DEVICE(obj) OBJECT_CHECK(DeviceState, (obj), TYPE_DEVICE)
#define DEVICE_CLASS(klass) OBJECT_CLASS_CHECK(DeviceClass, (klass), TYPE_DEVICE)

typedef struct Property Property;

typedef struct PropertyInfo {
    const char *name;
    ObjectPropertyAccessor *get;
    ObjectPropertyAccessor *set;
    void (*set_default)(Object *obj, Property *prop);
} PropertyInfo;

struct Property {
    const char *name;
    const PropertyInfo *info;
    ptrdiff_t offset;
    bool has_default;
    union {
        int64_t i;
        uint64_t u;
    } defval;
};

typedef struct DeviceState {
    Object parent_obj;
    bool realized;
} DeviceState;

typedef struct DeviceClass {
    ObjectClass parent_class;
    Property *props;
    void (*realize)(DeviceState *dev, Error **errp);
} DeviceClass;

typedef struct GlobalProperty {
    const char *driver;
    const char *property;
    const char *value;
    bool optional;
} GlobalProperty;

void device_class_set_props(DeviceClass *dc, Property *props);
void *object_field_prop_ptr(Object *obj, Property *prop);
void qdev_prop_register_global(GlobalProperty *prop);
void qdev_prop_set_globals(DeviceState *dev);

extern const PropertyInfo qdev_prop_bool;
extern const PropertyInfo qdev_prop_uint32;
extern const PropertyInfo qdev_prop_string;

#define DEFINE_PROP(_name, _state, _field, _info, ...) \
    { .name = (_name), .info = &(_info), .offset = offsetof(_state, _field), __VA_ARGS__ }
#define DEFINE_PROP_BOOL(_name, _state, _field, _default) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_bool, .has_default = true, .defval.u = (bool)(_default))
#define DEFINE_PROP_UINT32(_name, _state, _field, _default) \
    DEFINE_PROP(_name, _state, _field, qdev_prop_uint32, .has_default = true, .defval.u = (uint32_t)(_default))
#define DEFINE_PROP_STRING(_name, _state, _field) DEFINE_PROP(_name, _state, _field, qdev_prop_string)
#define DEFINE_PROP_END_OF_LIST() {}
#endif
`,
  'hw/core/qdev-properties.c': String.raw`#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qapi/visitor.h"

void *object_field_prop_ptr(Object *obj, Property *prop)
{
    return (char *)obj + prop->offset;
}

static void get_bool(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_bool(v, name, object_field_prop_ptr(obj, opaque), errp);
}

static void set_bool(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_bool(v, name, object_field_prop_ptr(obj, opaque), errp);
}

static void default_bool(Object *obj, Property *prop)
{
    *(bool *)object_field_prop_ptr(obj, prop) = prop->defval.u;
}

const PropertyInfo qdev_prop_bool = {
    .name = "bool",
    .get = get_bool,
    .set = set_bool,
    .set_default = default_bool,
};

static void get_uint32(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint32(v, name, object_field_prop_ptr(obj, opaque), errp);
}

static void set_uint32(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    visit_type_uint32(v, name, object_field_prop_ptr(obj, opaque), errp);
}

static void default_uint32(Object *obj, Property *prop)
{
    *(uint32_t *)object_field_prop_ptr(obj, prop) = prop->defval.u;
}

const PropertyInfo qdev_prop_uint32 = {
    .name = "uint32",
    .get = get_uint32,
    .set = set_uint32,
    .set_default = default_uint32,
};

static void get_string(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    char **field = object_field_prop_ptr(obj, opaque);
    char *text = *field ? *field : (char *)"";

    visit_type_str(v, name, &text, errp);
}

static void set_string(Object *obj, Visitor *v, const char *name, void *opaque, Error **errp)
{
    char **field = object_field_prop_ptr(obj, opaque);

    visit_type_str(v, name, field, errp);
}

const PropertyInfo qdev_prop_string = {
    .name = "str",
    .get = get_string,
    .set = set_string,
};
`,
};

/** Since defaults are applied to any object: arrays of pointers, one for the accelerator, one for the machine type. Tables belong to classes. */
export const OBJECT_COMPAT: Files = {
  'include/qom/compat-properties.h': String.raw`#ifndef QOM_COMPAT_PROPERTIES_H
#define QOM_COMPAT_PROPERTIES_H
#include "qom/object.h"
void object_set_machine_compat_props(GPtrArray *compat_props);
void object_set_accelerator_compat_props(GPtrArray *compat_props);
void object_apply_global_props(Object *obj, const GPtrArray *props, Error **errp);
void object_apply_compat_props(Object *obj);
#endif
`,
  'hw/core/qdev.c': String.raw`#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "qom/compat-properties.h"

static GPtrArray *object_compat_props[2];
static GPtrArray *user_globals;

void object_set_accelerator_compat_props(GPtrArray *compat_props)
{
    object_compat_props[0] = compat_props;
}

void object_set_machine_compat_props(GPtrArray *compat_props)
{
    object_compat_props[1] = compat_props;
}

void object_apply_global_props(Object *obj, const GPtrArray *props, Error **errp)
{
    int i;

    for (i = 0; props && i < props->len; i++) {
        GlobalProperty *p = g_ptr_array_index(props, i);

        if (!object_dynamic_cast(obj, p->driver)) {
            continue;
        }
        if (p->optional && !object_property_find(obj, p->property, NULL)) {
            continue;
        }
        object_property_parse(obj, p->property, p->value, errp);
    }
}

void object_apply_compat_props(Object *obj)
{
    int i;

    for (i = 0; i < ARRAY_SIZE(object_compat_props); i++) {
        object_apply_global_props(obj, object_compat_props[i], &error_abort);
    }
}

void qdev_prop_register_global(GlobalProperty *prop)
{
    if (!user_globals) {
        user_globals = g_ptr_array_new();
    }
    g_ptr_array_add(user_globals, prop);
}

void qdev_prop_set_globals(DeviceState *dev)
{
    object_apply_global_props(OBJECT(dev), user_globals, NULL);
}

static void apply_default(Object *obj, ObjectProperty *op)
{
    Property *prop = op->opaque;

    prop->info->set_default(obj, prop);
}

void device_class_set_props(DeviceClass *dc, Property *props)
{
    Property *prop;

    dc->props = props;
    for (prop = props; prop->name; prop++) {
        ObjectProperty *op = object_class_property_add(OBJECT_CLASS(dc), prop->name, prop->info->name,
                                                       prop->info->get, prop->info->set, NULL, prop);

        if (prop->has_default) {
            op->init = apply_default;
        }
    }
}

static void device_post_init(Object *obj)
{
    object_apply_compat_props(obj);
    qdev_prop_set_globals(DEVICE(obj));
}

static const TypeInfo device_types[] = {
    {
        .name = TYPE_DEVICE,
        .parent = TYPE_OBJECT,
        .instance_size = sizeof(DeviceState),
        .instance_post_init = device_post_init,
        .class_size = sizeof(DeviceClass),
        .abstract = true,
    },
};

DEFINE_TYPES(device_types)
`,
};

/** Until defaults were of devices only: globals by the driver's name, from the object's class up, and tables that each object walks. */
export const DEVICE_GLOBALS: Files = {
  'include/hw/qdev-globals.h': String.raw`#ifndef HW_QDEV_GLOBALS_H
#define HW_QDEV_GLOBALS_H
#include "hw/qdev-core.h"
void register_compat_prop(const char *driver, const char *property, const char *value);
void register_compat_props_array(GlobalProperty *prop);
#endif
`,
  'hw/core/qdev.c': String.raw`#include "qemu/osdep.h"
#include "hw/qdev-core.h"
#include "hw/qdev-globals.h"

static GList *global_props;

void qdev_prop_register_global(GlobalProperty *prop)
{
    global_props = g_list_append(global_props, prop);
}

void register_compat_prop(const char *driver, const char *property, const char *value)
{
    GlobalProperty *p = g_new0(GlobalProperty, 1);

    p->driver = driver;
    p->property = property;
    p->value = value;
    qdev_prop_register_global(p);
}

void register_compat_props_array(GlobalProperty *prop)
{
    for (; prop && prop->driver; prop++) {
        register_compat_prop(prop->driver, prop->property, prop->value);
    }
}

void qdev_prop_set_globals(DeviceState *dev)
{
    ObjectClass *klass;
    GList *l;

    for (klass = object_get_class(OBJECT(dev)); klass; klass = object_class_get_parent(klass)) {
        for (l = global_props; l; l = l->next) {
            GlobalProperty *p = l->data;

            if (!strcmp(object_class_get_name(klass), p->driver)) {
                object_property_parse(OBJECT(dev), p->property, p->value, &error_abort);
            }
        }
    }
}

void device_class_set_props(DeviceClass *dc, Property *props)
{
    dc->props = props;
}

static void device_initfn(Object *obj)
{
    ObjectClass *klass = object_get_class(obj);
    Property *prop;

    for (; object_class_dynamic_cast(klass, TYPE_DEVICE); klass = object_class_get_parent(klass)) {
        for (prop = DEVICE_CLASS(klass)->props; prop && prop->name; prop++) {
            if (object_property_find(obj, prop->name, NULL)) {
                continue;
            }
            object_property_add(obj, prop->name, prop->info->name, prop->info->get, prop->info->set, NULL, prop);
            if (prop->has_default) {
                prop->info->set_default(obj, prop);
            }
        }
    }
}

static void device_post_init(Object *obj)
{
    qdev_prop_set_globals(DEVICE(obj));
}

static const TypeInfo device_type_info = {
    .name = TYPE_DEVICE,
    .parent = TYPE_OBJECT,
    .instance_size = sizeof(DeviceState),
    .instance_init = device_initfn,
    .instance_post_init = device_post_init,
    .class_size = sizeof(DeviceClass),
    .abstract = true,
};

static void qdev_register_types(void)
{
    type_register_static(&device_type_info);
}

type_init(qdev_register_types)
`,
};
