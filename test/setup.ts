/** Tests neither use nor fill the user's cache; those of the cache say otherwise themselves. */
process.env['QEMU_CPU_CUSTOM_NO_CACHE'] = '1';
