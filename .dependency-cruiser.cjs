/**
 * Arrows point one way (docs/architecture.md, "Layers"). Each rule lists what a room may import; all else is an error.
 * @type {import('dependency-cruiser').IConfiguration}
 */
const room = (name, mayImport) => ({
  name: `layer-${name}`,
  comment: `src/${name} may import only: ${[name, ...mayImport].join(', ')}`,
  severity: 'error',
  from: { path: `^src/${name}/` },
  to: { path: '^src/', pathNot: `^src/(${[name, ...mayImport].join('|')})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-test-code-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^test/' },
    },
    {
      name: 'nact-behind-one-file',
      comment: 'only the turn adapter may know nact',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/otp/nact-turns\\.ts$' },
      to: { path: 'node_modules/nact/' },
    },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-dev-dependencies-in-src',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    room('otp', []),
    room('model', []),
    room('firewall', ['model']),
    room('wire', ['model']),
    room('host', ['model', 'firewall', 'wire']),
    room('world', ['model', 'firewall']),
    room('config', ['model']),
    room('store', ['model', 'otp']),
    room('transfer', ['model', 'store']),
    room('broker', ['wire', 'otp']),
    room('journal', ['model', 'broker']),
    room('metrics', ['model']),
    room('alerts', ['model', 'metrics']),
    room('log', []),
    room('actors', ['otp', 'model', 'firewall', 'wire', 'host', 'world', 'config', 'store', 'broker', 'metrics', 'alerts', 'log']),
    room('http', ['otp', 'model', 'firewall', 'world', 'config', 'store', 'transfer', 'metrics', 'actors', 'log']),
    room('sim', ['model', 'firewall', 'wire', 'broker']),
    room('demo', ['otp', 'model', 'world', 'config', 'store', 'broker', 'log', 'actors', 'host', 'sim', 'supervisors']),
    room('supervisors', ['otp', 'model', 'firewall', 'wire', 'host', 'world', 'config', 'store', 'broker', 'journal', 'metrics', 'alerts', 'log', 'actors', 'http']),
    {
      name: 'ports-only',
      comment: 'actors and http know the ports, never a concrete adapter',
      severity: 'error',
      from: { path: '^src/(actors|http|world|transfer)/' },
      to: { path: '^src/(store/(sqlite|rethinkdb)|broker/(amqp|memory))/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default', 'types'] },
  },
};
