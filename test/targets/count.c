/**
 * Counts instructions in QEMU, as a TCG plugin: `-plugin count.so,out=FILE,mark=ADDRESS,...`. Each time that a marked
 * instruction is about to run, a line `ADDRESS COUNT` goes to FILE, with the number of instructions so far. The
 * file declares the part of QEMU's plugin interface, version 1, that it needs.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct tb;
struct insn;
size_t qemu_plugin_tb_n_insns(const struct tb *tb);
struct insn *qemu_plugin_tb_get_insn(const struct tb *tb, size_t index);
uint64_t qemu_plugin_insn_vaddr(const struct insn *insn);
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*call)(uint64_t id, struct tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct insn *insn, void (*call)(unsigned cpu, void *data), int flags, void *data);
void qemu_plugin_register_vcpu_insn_exec_inline(struct insn *insn, int add, void *counter, uint64_t amount);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

static uint64_t count, marks[16];
static int mark_count;
static FILE *out;

static void mark(unsigned cpu, void *data) {
  (void)cpu;
  fprintf(out, "%llx %llu\n", (unsigned long long)(uintptr_t)data, (unsigned long long)count);
}

static void translate(uint64_t id, struct tb *tb) {
  (void)id;
  for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++) {
    struct insn *insn = qemu_plugin_tb_get_insn(tb, i);
    uint64_t address = qemu_plugin_insn_vaddr(insn);
    for (int m = 0; m < mark_count; m++)
      if (marks[m] == address) qemu_plugin_register_vcpu_insn_exec_cb(insn, mark, 0, (void *)(uintptr_t)address);
    qemu_plugin_register_vcpu_insn_exec_inline(insn, 0, &count, 1);
  }
}

__attribute__((visibility("default"))) int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv) {
  (void)info;
  for (int i = 0; i < argc; i++) {
    if (strncmp(argv[i], "out=", 4) == 0) out = fopen(argv[i] + 4, "w");
    if (strncmp(argv[i], "mark=", 5) == 0 && mark_count < 16) marks[mark_count++] = strtoull(argv[i] + 5, NULL, 16) & ~1ull;
  }
  if (!out) return 1;
  setvbuf(out, NULL, _IOLBF, 0);
  qemu_plugin_register_vcpu_tb_trans_cb(id, translate);
  return 0;
}
