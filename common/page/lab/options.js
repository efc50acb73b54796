// The emulated machine: what must be the same when its state is made (boot.js) and when the page takes
// the state (machine.js). Most of this memory is never touched.
'use strict';

const MACHINE = {
    memory_size: 320 * 1024 * 1024,
    vga_memory_size: 2 * 1024 * 1024,
    uart1: true,
    disable_keyboard: true,
    disable_mouse: true,
    disable_speaker: true,
};

if (typeof module !== 'undefined')
    module.exports = MACHINE;
