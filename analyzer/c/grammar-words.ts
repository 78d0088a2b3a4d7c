/** The words that mean something in tree-sitter-c's grammar: all other names are the same to it. */
export const GRAMMAR_WORDS: ReadonlySet<string> = new Set([
  'FALSE', 'NULL', 'TRUE', '_Alignas', '_Alignof', '_Atomic', '_Generic', '_Nonnull', '_Noreturn', '__alignof', '__alignof__', '__asm', '__asm__',
  '__attribute', '__attribute__', '__based', '__cdecl', '__clrcall', '__declspec', '__except', '__extension__', '__fastcall', '__finally',
  '__forceinline', '__inline', '__inline__', '__leave', '__restrict', '__restrict__', '__sptr', '__stdcall', '__thiscall', '__thread', '__try',
  '__unaligned', '__uptr', '__vectorcall', '__volatile__', '_alignof', '_unaligned', 'alignas', 'alignof', 'asm', 'auto', 'bool', 'break', 'case',
  'char', 'char16_t', 'char32_t', 'char64_t', 'char8_t', 'charptr_t', 'const', 'constexpr', 'continue', 'default', 'defined', 'do', 'double', 'else',
  'enum', 'extern', 'false', 'float', 'for', 'goto', 'if', 'inline', 'int', 'int16_t', 'int32_t', 'int64_t', 'int8_t', 'intptr_t', 'long',
  'max_align_t', 'noreturn', 'nullptr', 'nullptr_t', 'offsetof', 'ptrdiff_t', 'register', 'restrict', 'return', 'short', 'signed', 'size_t',
  'sizeof', 'ssize_t', 'static', 'struct', 'switch', 'thread_local', 'true', 'typedef', 'uint16_t', 'uint32_t', 'uint64_t', 'uint8_t', 'uintptr_t',
  'union', 'unsigned', 'void', 'volatile', 'while',
]);
