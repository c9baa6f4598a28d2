import { useState } from 'preact/hooks';
import { Button } from '../../parts/button.js';
import { Card } from '../../parts/card.js';
import { SelectField, TextField } from '../../parts/field.js';
import { goTo } from '../../route/route.js';
import { lastFault } from './last-fault.js';
import { useEnds } from './use-ends.js';

const PROTOCOLS = ['any', 'tcp', 'udp', 'icmp', 'ipv6-icmp', 'sctp'];
const WITH_PORTS = new Set(['tcp', 'udp', 'sctp', 'dccp', 'udplite']);

/** What is asked; it becomes the address of the page, so that an answer can be linked. */
export function QuestionForm({ query }: { query: URLSearchParams }) {
  const word = (key: string) => query.get(key) ?? '';
  const [from, setFrom] = useState(word('from'));
  const [to, setTo] = useState(word('to'));
  const [protocol, setProtocol] = useState(word('protocol') || 'tcp');
  const [port, setPort] = useState(word('port'));
  const [family, setFamily] = useState(word('family'));
  const [at, setAt] = useState(localTime(word('at')));
  const [tried, setTried] = useState(false);
  const ends = useEnds();
  const ported = WITH_PORTS.has(protocol.trim());
  const faults = {
    from: from.trim() === '' ? 'Give an end' : undefined,
    to: to.trim() === '' ? 'Give an end' : undefined,
    port: port.trim() !== '' && !isPort(port.trim()) ? 'A whole number from 0 to 65535' : undefined,
  };
  const wrong = (field: keyof typeof faults | 'protocol' | 'at' | 'family') =>
    (tried && field in faults ? faults[field as keyof typeof faults] : undefined) ??
    (lastFault.value?.field === field ? lastFault.value.text : undefined);
  const ask = () => {
    setTried(true);
    if (Object.values(faults).some((fault) => fault !== undefined)) return;
    const seconds = at === '' ? null : Math.floor(new Date(at).getTime() / 1000);
    // Asked once more as it is, the answer is asked for anew.
    lastFault.value = undefined;
    goTo(['connections'], {
      from: from.trim(),
      to: to.trim(),
      protocol: protocol.trim(),
      port: ported ? port.trim() : null,
      family,
      at: seconds,
    });
  };
  return (
    <Card title="Ask">
      <form
        class="stack"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <div class="fields">
          <TextField
            label="From"
            value={from}
            onValue={setFrom}
            choices={ends}
            wrong={wrong('from')}
            placeholder="zone:office"
          />
          <TextField label="To" value={to} onValue={setTo} choices={ends} wrong={wrong('to')} placeholder="group:web" />
          <TextField
            label="Protocol"
            value={protocol}
            onValue={setProtocol}
            choices={PROTOCOLS}
            wrong={wrong('protocol')}
          />
          <TextField
            label="Port"
            value={ported ? port : ''}
            onValue={setPort}
            hint="Empty: every one"
            wrong={wrong('port')}
            disabledWhy={ported ? undefined : 'Only tcp, udp and their like have ports'}
          />
          <SelectField
            label="Family"
            value={family}
            wrong={wrong('family')}
            choices={[
              ['', 'Both'],
              ['v4', 'IPv4'],
              ['v6', 'IPv6'],
            ]}
            onValue={setFamily}
          />
          <TextField
            label="As it was at"
            type="datetime-local"
            value={at}
            onValue={setAt}
            hint="Empty: now"
            wrong={wrong('at')}
          />
        </div>
        <p class="small quiet">
          An end is <code>any</code>, an address, a network, <code>host:NAME</code>, <code>group:NAME</code> or{' '}
          <code>zone:NAME</code>.
        </p>
        <div class="row">
          <Button kind="main" onPress={ask}>
            Ask
          </Button>
          <Button
            onPress={() => {
              setFrom(to);
              setTo(from);
            }}
          >
            Swap the ends
          </Button>
        </div>
      </form>
    </Card>
  );
}

function isPort(text: string): boolean {
  return /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
}

/** Epoch seconds as an input of local time has them. */
function localTime(seconds: string): string {
  if (!/^\d+$/.test(seconds)) return '';
  const date = new Date(Number(seconds) * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
