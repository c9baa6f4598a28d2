import type { SessionAnswer } from '../../operations/session-answer.js';
import { Badge } from '../parts/badge.js';
import { Button } from '../parts/button.js';
import { SelectField } from '../parts/field.js';
import { hrefOf } from '../route/route.js';
import { learnSession } from '../session/session.js';
import { forgetToken } from '../session/token.js';
import { LiveState } from './live-state.js';
import { chooseTheme, theme, type Theme } from './theme.js';

export interface TopBarProps {
  readonly who: SessionAnswer;
  readonly menuOpen: boolean;
  readonly onMenu: () => void;
  readonly onHelp: () => void;
}

export function TopBar({ who, menuOpen, onMenu, onHelp }: TopBarProps) {
  const { server, auth, author, scopes } = who;
  const signOut = () => {
    forgetToken();
    void learnSession();
  };
  return (
    <header class="top">
      <span class="menu">
        <Button onPress={onMenu} expanded={menuOpen}>
          Menu
        </Button>
      </span>
      <a class="brand" href={hrefOf(['now'])}>
        dog-trainer
      </a>
      <span class="small quiet" title={`version ${server.version}`}>
        {server.name} · {server.env}
      </span>
      {server.role === 'follower' && (
        <Badge tone="info" title="It passes on to the leader what only that can answer">
          stands by
        </Badge>
      )}
      <LiveState />
      <span class="fill" />
      {!scopes.includes('write') && <Badge title="Your token has no scope write">read only</Badge>}
      <span class="small quiet">{author}</span>
      <SelectField
        label="Theme"
        bare
        value={theme.value}
        onValue={(value) => chooseTheme(value as Theme)}
        choices={[
          ['system', 'As the system'],
          ['light', 'Light'],
          ['dark', 'Dark'],
        ]}
      />
      <Button kind="plain" onPress={onHelp}>
        Keys
      </Button>
      {auth === 'tokens' && (
        <Button kind="plain" onPress={signOut}>
          Sign out
        </Button>
      )}
    </header>
  );
}
