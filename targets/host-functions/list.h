/*
 * The functions of the object `host`, for FUNCTION(name in scripts, number of arguments, name in C), which whoever includes
 * this defines. A board has those of its parts (board.h). No include guard: a glue may need the list more than once.
 */
FUNCTION(load, 2, load)
FUNCTION(save, 2, save)
FUNCTION(erase, 1, erase)
FUNCTION(posixSeconds, 0, posix_seconds)
FUNCTION(monotonicSeconds, 0, monotonic_seconds)
FUNCTION(start, 1, start)
FUNCTION(log, 1, log)
#ifdef BOARD_OPTIONS
FUNCTION(options, 0, options)
#endif
#ifdef BOARD_MODEM
FUNCTION(read, 1, read)
FUNCTION(write, 1, write)
#endif
#ifdef BOARD_SMS
FUNCTION(sms, 1, sms)
#endif
#ifdef BOARD_SMS_SETTLED
FUNCTION(smsSettled, 1, sms_settled)
#endif
#ifdef BOARD_UDP
FUNCTION(datagram, 1, datagram)
#endif
#ifdef BOARD_BEARERS
FUNCTION(isAvailable, 1, is_available)
#endif
#ifdef BOARD_UI
FUNCTION(ui, 2, ui)
#endif
#ifdef BOARD_SHA256
FUNCTION(sha256, 2, sha256)
#endif
