import { expect, it } from 'vitest';
import { causeOfFailure, StartFault } from '../../src/server/checks/start-fault.js';

it('finds the fault in what supervisors and the application wrapped around it', () => {
  const fault = new StartFault('api.port = 80', 'in use\n  by another');
  const nested = {
    shutdown: { failed_to_start_child: ['http_sup', { shutdown: { failed: ['api', { error: fault }] } }] },
  };
  expect(causeOfFailure(new Error('did not start: {shutdown: ...', { cause: nested }))).toBe(fault);
  expect(fault.message).toBe('api.port = 80: in use by another');
});

it('else the innermost error, and ends in circles', () => {
  const inner = new Error('the disk is gone');
  const circle: { error: unknown; again?: unknown } = { error: inner };
  circle.again = circle;
  expect(causeOfFailure(new Error('outer', { cause: circle }))).toBe(inner);
  expect(causeOfFailure('a term').message).toBe('a term');
});
