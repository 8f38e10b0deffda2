/* For the generator of the standard library (README.md): the object `host`, which lies in ROM. */
static const JSPropDef js_host[] = {
  JS_CFUNC_DEF("load", 2, host_load),
  JS_CFUNC_DEF("save", 2, host_save),
  JS_CFUNC_DEF("erase", 1, host_erase),
  JS_CFUNC_DEF("posixSeconds", 0, host_posix_seconds),
  JS_CFUNC_DEF("monotonicSeconds", 0, host_monotonic_seconds),
  JS_CFUNC_DEF("start", 1, host_start),
  JS_CFUNC_DEF("log", 1, host_log),
#ifdef BOARD_OPTIONS
  JS_CFUNC_DEF("options", 0, host_options),
#endif
#ifdef BOARD_MODEM
  JS_CFUNC_DEF("read", 1, host_read),
  JS_CFUNC_DEF("write", 1, host_write),
#endif
#ifdef BOARD_SMS
  JS_CFUNC_DEF("sms", 1, host_sms),
#endif
#ifdef BOARD_UDP
  JS_CFUNC_DEF("datagram", 1, host_datagram),
#endif
#ifdef BOARD_BEARERS
  JS_CFUNC_DEF("isAvailable", 1, host_is_available),
#endif
#ifdef BOARD_UI
  JS_CFUNC_DEF("ui", 2, host_ui),
#endif
#ifdef BOARD_SHA256
  JS_CFUNC_DEF("sha256", 2, host_sha256),
#endif
  JS_PROP_END,
};

static const JSClassDef js_host_obj = JS_OBJECT_DEF("Host", js_host);
