// Boot the lab's machine in the emulator, and keep its state: boot.js V86 SEABIOS FOLDER. The folder has
// kernel, initramfs.cpio and root.img, and gets the file state, in which the whole disk is. The state
// is small if free memory is zero (init_on_free), and if nothing of the disk is in memory a second time.
'use strict';
const fs = require('fs');
const path = require('path');
const {pathToFileURL} = require('url');
const MACHINE = require('./options.js');

const [v86, bios, folder] = process.argv.slice(2);
const load = (...name) => ({buffer: new Uint8Array(fs.readFileSync(path.join(...name))).buffer});
// Without its files for tracing, the kernel boots faster, and has 8 MB less in memory.
const words = 'console=ttyS0 quiet panic=-1 mitigations=off nokaslr norandmaps tsc=reliable random.trust_cpu=on ' +
    'init_on_free=1 nowatchdog initcall_blacklist=tracer_init_tracefs';
const prompt = /(?:^|\n)[$#] $/;
const minutes = 6;

// To start each program once now makes it start faster later: the kernel has then made what it keeps.
const warmUp = [
    'sudo -s',
    'for step in 1 2 3 4 5; do build/step0$step build/rootfs true </dev/null; done; clear',
    'sync; echo 3 >/proc/sys/vm/drop_caches; exit',
    'clear; cat /lib/lab/welcome',
];

let printed = '';
const clean = text => text.replace(/\x1b(\[[0-9;?]*[A-Za-z]|\][^\x07]*\x07)|\r/g, '');

function hear(emulator) {
    emulator.add_listener('serial0-output-byte', byte => {
        printed += String.fromCharCode(byte);
        if (process.env.V)
            process.stderr.write(String.fromCharCode(byte));
    });
}

// The machine prints nothing for a moment after its prompt.
async function waitForPrompt() {
    for (const end = Date.now() + minutes * 60000; Date.now() < end;) {
        const before = printed.length;
        await new Promise(done => setTimeout(done, 500));
        if (printed.length === before && prompt.test(clean(printed)))
            return;
    }
    throw new Error(`no prompt came in ${minutes} minutes: ${clean(printed).slice(-500)}`);
}

async function type(emulator, line) {
    printed = '';
    emulator.serial0_send(`${line}\n`);
    await waitForPrompt();
}

async function main() {
    const {V86} = await import(pathToFileURL(path.join(v86, 'libv86.mjs')));
    const emulator = new V86({
        ...MACHINE, autostart: true, cmdline: words,
        wasm_path: path.join(v86, 'v86.wasm'),
        bios: load(bios, 'bios.bin'), vga_bios: load(bios, 'vgabios-stdvga.bin'),
        bzimage: load(folder, 'kernel'), initrd: load(folder, 'initramfs.cpio'), hda: load(folder, 'root.img'),
    });
    hear(emulator);
    await waitForPrompt();
    for (const line of warmUp)
        await type(emulator, line);
    fs.writeFileSync(path.join(folder, 'welcome'), printed.slice(printed.indexOf('\x1b[')));
    await emulator.stop();
    fs.writeFileSync(path.join(folder, 'state'), new Uint8Array(await emulator.save_state()));
    await emulator.destroy();
}

main().then(() => process.exit(0), error => {
    console.error(`boot: ${error.message}`);
    process.exit(1);
});
