import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DueAcks } from '../../src/broker/amqp/due-acks.js';

/** RabbitMQ's side: `multiple` takes all that is outstanding up to a tag. */
class Channel {
  readonly outstanding = new Set<number>();
  readonly acked: number[] = [];

  ack(tag: number, multiple: boolean): void {
    for (const one of [...this.outstanding])
      if (multiple ? one <= tag : one === tag) {
        this.outstanding.delete(one);
        this.acked.push(one);
      }
  }
}

function send(acks: DueAcks, channel: Channel): void {
  const { upTo, single } = acks.take();
  if (upTo !== undefined) channel.ack(upTo, true);
  for (const tag of single) channel.ack(tag, false);
}

describe('acknowledgements for many at once', () => {
  it('take what is in order with one frame', () => {
    const acks = new DueAcks();
    for (let tag = 1; tag <= 5; tag++) acks.delivered(tag);
    expect([1, 3, 2, 5].map((tag) => acks.ack(tag))).toEqual([true, false, false, false]);
    expect(acks.take()).toEqual({ upTo: 3, single: [5] });
    expect(acks.ack(4)).toBe(true);
    expect(acks.take()).toEqual({ upTo: 4, single: [] });
    expect(acks.take()).toEqual({ single: [] });
  });

  it('acknowledge just what was answered so, whatever is answered when', () => {
    const step = fc.record({ do: fc.constantFrom('deliver', 'ack', 'reject', 'send'), which: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const acks = new DueAcks();
        const channel = new Channel();
        const unanswered: number[] = [];
        const wanted: number[] = [];
        let last = 0;
        for (const { do: what, which } of steps) {
          if (what === 'deliver') {
            acks.delivered(++last);
            channel.outstanding.add(last);
            unanswered.push(last);
          } else if (what === 'send') send(acks, channel);
          else if (unanswered.length > 0) {
            const [tag = 0] = unanswered.splice(which % unanswered.length, 1);
            if (what === 'ack') {
              acks.ack(tag);
              wanted.push(tag);
            } else {
              channel.outstanding.delete(tag);
              acks.answered(tag);
            }
          }
        }
        send(acks, channel);
        expect(channel.acked.sort((a, b) => a - b)).toEqual(wanted.sort((a, b) => a - b));
        expect([...channel.outstanding]).toEqual(unanswered);
      }),
    );
  });
});
