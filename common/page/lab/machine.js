// The machine: an emulator of a PC, and the saved state of one that has booted already.
'use strict';

// Hands on at once what came in the last 10 ms: one call for each byte would be slow.
function gather(emulator, event, hand) {
    let bytes = [];
    const flush = () => {
        const some = Uint8Array.from(bytes);
        bytes = [];
        hand(some);
    };
    emulator.add_listener(event, byte => {
        if (bytes.push(byte) === 1)
            setTimeout(flush, 10);
    });
}

async function unpack(bytes) {
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return new Response(stream).arrayBuffer();
}

const pause = milliseconds => new Promise(done => setTimeout(done, milliseconds));

// When bash starts a command, it makes that the foreground job of the terminal. Here this takes up to a second.
// A Ctrl-C that comes earlier goes to bash itself, and bash ends. So it is sent this many milliseconds after
// the last Enter, or later.
const startOfCommand = 1500;
const ENTER = 13, CTRL_C = 3;

// The emulator starts in the background. What fails there, the browser tells the window alone.
function whatFails() {
    return new Promise((_, fail) => {
        addEventListener('unhandledrejection', event => fail(event.reason));
        addEventListener('error', event => event.error && fail(event.error));
    });
}

lab.makeMachine = async function () {
    lab.say(lab.words('unpack'), 20);
    await pause(0);
    const state = lab.bytesOf('state').buffer;
    lab.say(lab.words('emulator'), 50);
    await pause(0);
    const wasm = await unpack(lab.bytesOf('wasm'));
    lab.say(lab.words('boot'), 70);
    const emulator = new V86({
        ...MACHINE, autostart: false, initial_state: {buffer: state}, hda: {buffer: new ArrayBuffer(1 << 20)},
        wasm_fn: async imports => (await WebAssembly.instantiate(wasm, imports)).instance.exports,
    });
    const ready = new Promise(done => emulator.add_listener('emulator-ready', done));
    await Promise.race([ready, whatFails()]);

    // The machine's terminal takes a few hundred letters at once, and its shell reads a line in a while. Ctrl-C
    // goes alone. The promise is kept when all is sent.
    const waiting = [];
    let sending = null, entered = 0;
    async function sendAll() {
        while (waiting.length) {
            if (waiting[0].includes(CTRL_C))
                await pause(entered + startOfCommand - Date.now());
            const some = waiting.shift() ?? []; // nothing, if the machine was started again meanwhile
            emulator.serial_send_bytes(0, some);
            if (some.includes(ENTER))
                entered = Date.now();
            await pause(waiting.length ? 100 : 0);
        }
        sending = null;
    }
    function send(text) {
        for (const part of text.split(/(\x03)/).filter(Boolean)) {
            const bytes = new TextEncoder().encode(part);
            for (let at = 0; at < bytes.length; at += 128)
                waiting.push(bytes.subarray(at, at + 128));
        }
        if (waiting.length) // or it would end before `sending` is set
            sending ??= sendAll();
        return sending;
    }
    return {
        send,
        hear: hand => gather(emulator, 'serial0-output-byte', hand),
        hearSecond: hand => gather(emulator, 'serial1-output-byte', hand),
        // The machine's own resize script reads this.
        resize: (rows, columns) => emulator.serial_send_bytes(1, new TextEncoder().encode(`${rows} ${columns}\n`)),
        run: () => emulator.run(),
        // The check attacks.js brings the attacks by this.
        writeDisk: (place, bytes) => emulator.v86.cpu.devices.ide.primary.master.buffer.set(place, bytes, () => {}),
        async restart() {
            waiting.length = entered = 0; // what waits was for the old machine
            await emulator.stop();
            await emulator.restore_state(state);
            for (const port of ['uart0', 'uart1']) // restore_state leaves what was sent and not yet read
                emulator.v86.cpu.devices[port].input.length = 0;
            await emulator.run();
        },
    };
};
