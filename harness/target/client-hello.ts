/**
 * The first words of a client of TLS 1.2 (RFC 5246, 7.4.1.2): any server answers them, be it with a
 * refusal. A ping of a port that speaks TLS.
 */

/** ECDHE with RSA and ECDSA, with AES in GCM. */
const ciphers = [0xc02f, 0xc030, 0xc02b, 0xc02c, 0x009c];
const groups = [0x001d, 0x0017];
const signatures = [0x0403, 0x0804, 0x0401];

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, 2 * index);
  return bytes;
}

/** With its length before it, in so many bytes. */
function sized(body: Buffer, bytes: 1 | 2 | 3): Buffer {
  const length = Buffer.alloc(bytes);
  length.writeUIntBE(body.length, 0, bytes);
  return Buffer.concat([length, body]);
}

function extension(type: number, body: Buffer): Buffer {
  return Buffer.concat([words([type]), sized(body, 2)]);
}

export function clientHello(): Uint8Array {
  const body = Buffer.concat([
    words([0x0303]),
    // Nothing of it is ever used, so it need not be random.
    Buffer.alloc(32, 7),
    sized(Buffer.alloc(0), 1),
    sized(words(ciphers), 2),
    sized(Buffer.of(0), 1),
    sized(
      Buffer.concat([
        extension(0x000a, sized(words(groups), 2)),
        extension(0x000b, sized(Buffer.of(0), 1)),
        extension(0x000d, sized(words(signatures), 2)),
      ]),
      2,
    ),
  ]);
  const handshake = Buffer.concat([Buffer.of(1), sized(body, 3)]);
  return Buffer.concat([Buffer.of(22, 3, 1), sized(handshake, 2)]);
}
