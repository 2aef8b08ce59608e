// Who may import whom: the drawing in README ("Import directions") as rules. `npm run verify:imports` applies them.

const TESTS = '\\.test\\.ts$|/testing/'
const OUTSIDE = '^(node:)?(net|tls|http|https|http2|dgram|dns|inspector)(/|$)'
const CLIENTS =
  'node_modules/(undici|ollama|ioredis|pg|bullmq|fastify|ws|axios|got|ky|node-fetch|eventsource|@prisma|better-auth)/'

/** Files of `from` reach their own folder and `to`, and of npm and Node only what `libraries` lets them. */
const only = (name, from, to, { libraries = ['node_modules/', '^(node:)?[a-z][a-z0-9_/]*$'], comment }) => ({
  name,
  severity: 'error',
  comment,
  from: { path: from, pathNot: TESTS },
  to: { pathNot: [from, ...to, ...libraries] },
})

const INTERFACES = '^engine/run/((triggers|notices)/)?interfaces\\.ts$'
const GRAPH = '^engine/graph/'
const ACCESS = '^engine/access/'
const SDK = '^plugins/sdk/'

const behindInterfaces = (folder, also = []) =>
  only(
    `${folder.replace('/', '-')}-stays-behind-the-interfaces`,
    `^${folder}/`,
    [INTERFACES, GRAPH, SDK, ACCESS, ...also],
    {
      comment: `${folder} implements an interface of engine/run/interfaces.ts and knows nothing of the others; engine/main.ts wires them.`,
    },
  )

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('sdk-imports-zod-only', SDK, [], {
      libraries: ['node_modules/zod/'],
      comment: 'Plugin authors depend on plugins/sdk, in any runtime: it may import zod and nothing else.',
    }),
    only('nodes-import-the-sdk-only', '^nodes/', [SDK], {
      libraries: [],
      comment: 'Built-in nodes are plugins like any other; anything heavy is a capability of the host.',
    }),
    only('graph-is-pure', GRAPH, [SDK], {
      libraries: ['node_modules/(zod|yjs)/'],
      comment:
        'The studio runs engine/graph in the browser: no Node built-ins, no npm library but zod and yjs.',
    }),
    only('access-is-pure', ACCESS, [GRAPH, SDK], {
      libraries: ['node_modules/zod/'],
      comment: 'Who may do what is decided alike by API, command line and studio: no Node built-ins.',
    }),
    only('run-imports-graph-only', '^engine/run/', [GRAPH, SDK], {
      comment: 'The executor sees the world through engine/run/interfaces.ts.',
    }),
    behindInterfaces('engine/queue'),
    behindInterfaces('engine/store', ['^prisma/']),
    behindInterfaces('engine/gateway'),
    behindInterfaces('engine/connectors'),
    behindInterfaces('plugins/runtime'),
    only(
      'api-imports-graph-run-gateway',
      '^engine/api/',
      [GRAPH, SDK, ACCESS, '^engine/run/', '^engine/gateway/'],
      {
        comment: 'engine/api gets its store and queue handed in by engine/main.ts.',
      },
    ),
    only(
      'cli-imports-graph-and-interfaces',
      '^engine/cli/',
      [GRAPH, SDK, ACCESS, INTERFACES, '^engine/config\\.ts$', '^engine/gateway/'],
      { comment: 'engine/cli gets what it needs handed in by engine/main.ts.' },
    ),
    {
      name: 'cli-takes-only-types-of-the-gateway',
      severity: 'error',
      comment: 'Use `import type`: engine/main.ts hands the gateway in.',
      from: { path: '^engine/cli/', pathNot: TESTS },
      to: { path: '^engine/gateway/', dependencyTypesNot: ['type-only'] },
    },
    only('studio-imports-graph-and-api-types', '^studio/', [GRAPH, SDK, ACCESS, '^engine/api/'], {
      comment: 'The studio runs in the browser.',
    }),
    {
      name: 'studio-takes-only-types-of-the-api',
      severity: 'error',
      comment: 'Use `import type`: the API server must not end up in the browser.',
      from: { path: '^studio/', pathNot: TESTS },
      to: { path: '^engine/api/', dependencyTypesNot: ['type-only'] },
    },
    only('templates-are-data', '^templates/', [GRAPH, SDK], {
      libraries: ['^(node:)?(fs/promises|path|url)$'],
      comment: 'templates/ holds data and what reads and validates it.',
    }),
    {
      name: 'only-main-wires',
      severity: 'error',
      comment: 'Nothing but tests and benchmarks may import engine/main.ts.',
      from: { path: '^(engine|plugins|nodes|studio|templates)/', pathNot: TESTS },
      to: { path: '^engine/main\\.ts$' },
    },
    {
      name: 'one-door-out',
      severity: 'error',
      comment:
        'Sockets belong to engine/gateway, connectors, store, queue and api; everything else asks the gateway.',
      from: {
        path: '^(engine|plugins|nodes|templates)/',
        // The sandbox process reads the pipe that it inherits through a net.Socket; the probe tries what is walled off.
        pathNot: [
          '^engine/(gateway|connectors|store|queue|api)/',
          '^plugins/runtime/process/(main|probe)\\.ts$',
          TESTS,
        ],
      },
      to: { path: [OUTSIDE, CLIENTS] },
    },
    {
      name: 'no-test-code-in-the-product',
      severity: 'error',
      comment: 'Tests and their helpers may be imported by tests and benchmarks only.',
      from: { path: '^(engine|plugins|nodes|studio|templates)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      comment: 'Files that need each other are one file, or lack a third.',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      severity: 'error',
      comment: 'An import that cannot be followed cannot be checked.',
      from: { path: '^(engine|plugins|nodes|studio|templates)/' },
      to: { couldNotResolve: true, pathNot: '^(virtual:|\\.?/?.*\\?)' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(plugins/runtime/test/hostile|engine/store/generated|studio/dist|dist|artifacts)/' },
    tsPreCompilationDeps: true,
    detectJSDocImports: false,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.vue', '.d.ts'],
    },
  },
}
