/* For the generator of the standard library (README.md): the object `host`, which lies in ROM. */
#define FUNCTION(name, arguments, function) JS_CFUNC_DEF(#name, arguments, js_host_##function),
static const JSPropDef js_host[] = {
#include "../host-functions/list.h"
  JS_PROP_END,
};
#undef FUNCTION

static const JSClassDef js_host_obj = JS_OBJECT_DEF("Host", js_host);
