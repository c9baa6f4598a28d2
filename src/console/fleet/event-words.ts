import type { ServerEvent } from '../../events/server-event.js';
import type { Told } from '../live/event-lines.js';
import type { Tone } from '../parts/tone.js';
import { hrefOf } from '../route/href-of.js';
import { hashName } from './hash-names.js';
import { hostWords } from './host-words.js';
import { policyHref } from './policy-href.js';

/** What happened, in plain words. */
export interface EventWords {
  readonly tone: Tone;
  /** Whom or what it is about; null: the server. */
  readonly about: { readonly text: string; readonly href: string | null } | null;
  readonly text: string;
}

/** An event of `GET /api/V2/events` for people. One of a kind that this page does not know stands by its name. */
export function eventWords({ kind, data }: Told): EventWords {
  const event = data as unknown as ServerEvent;
  if (kind === 'lost') {
    const { lost } = data;
    const text =
      typeof lost === 'number'
        ? `${lost} events were missed here`
        : 'the server began anew; what was before may be missed';
    return { tone: 'warn', about: null, text };
  }
  switch (event.kind) {
    case 'host_state': {
      const to = hostWords(event.to);
      return { tone: to.tone, about: ofHost(event), text: `is ${to.word} (was ${hostWords(event.from).word})` };
    }
    case 'drift_found': {
      const what = event.differing.map(hashName).join(', ');
      return { tone: 'bad', about: ofHost(event), text: `does not hold what it was sent: ${what}` };
    }
    case 'drift_mended':
      return { tone: 'ok', about: ofHost(event), text: 'holds what it was sent again' };
    case 'compile_failed':
      return {
        tone: 'bad',
        about: ofGroup(event),
        text: `can’t be compiled and keeps its last good rules: ${event.reason}`,
      };
    case 'compile_recovered':
      return { tone: 'ok', about: ofGroup(event), text: 'compiles again' };
    case 'ruleset_published':
      return { tone: 'none', about: ofGroup(event), text: 'has new rules: the broker confirmed them' };
    case 'rollout_state':
      return {
        tone: event.to === 'paused' || (event.to.startsWith('roll') && event.to.includes('back')) ? 'warn' : 'info',
        about: { text: `rollout of ${event.group}`, href: hrefOf(['rollouts', event.rollout]) },
        text: `is ${event.to.replaceAll('_', ' ')}${event.why === null ? '' : `: ${event.why}`}`,
      };
    case 'sets_published':
      return { tone: 'none', about: null, text: 'New sets: the broker confirmed them' };
    case 'broker_lost':
      return { tone: 'bad', about: null, text: `The connection to the broker for ${event.connection} is lost` };
    case 'broker_back':
      return { tone: 'ok', about: null, text: `The connection to the broker for ${event.connection} is back` };
    case 'store_lost':
      return { tone: 'bad', about: null, text: `The store is away: ${event.reason}` };
    case 'store_back':
      return { tone: 'ok', about: null, text: 'The store is back' };
    case 'alarm_set':
      return { tone: 'bad', about: { text: `alarm ${event.alarm}`, href: hrefOf(['alarms']) }, text: event.text };
    case 'alarm_cleared':
      return { tone: 'ok', about: { text: `alarm ${event.alarm}`, href: hrefOf(['alarms']) }, text: 'is over' };
    case 'policy_edit':
      return {
        tone: 'info',
        about: { text: `${event.resource} ${event.name ?? event.id}`, href: policyHref(event.resource, event.id) },
        text: `was ${event.change} by ${event.author}`,
      };
    default:
      return { tone: 'none', about: null, text: kind };
  }
}

function ofHost({ hostkey, name }: { readonly hostkey: string; readonly name: string }): EventWords['about'] {
  return { text: name === '' ? hostkey : name, href: hrefOf(['hosts', hostkey]) };
}

function ofGroup({ group_id: id, group }: { readonly group_id: string; readonly group: string }): EventWords['about'] {
  return { text: `group ${group}`, href: hrefOf(['groups', id]) };
}
