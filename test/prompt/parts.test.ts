import { describe, expect, test } from 'vitest';
import { promptParts } from '../../src/prompt/parts.js';

const part = (name: string | null, text: string, rest: object = {}) => ({
  kind: 'prompt',
  name,
  text,
  fields: [],
  demos: [],
  signature: null,
  ...rest,
});

describe('the parts of a program', () => {
  test('Ax: texts by component with the signature of their program, and demonstrations of their own', () => {
    const program = {
      componentMap: { 'root::instruction': 'Say which queue.', 'root.help::instruction': '' },
      demos: [{ programId: 'root', traces: [{ ticket: 'Charged twice', queue: 'billing' }] }],
      programs: [{ id: 'root', signature: 'ticket:string -> queue:class' }, { id: 'root.help' }],
    };
    expect(promptParts(program)).toEqual([
      part('root::instruction', 'Say which queue.', { signature: 'ticket:string -> queue:class' }),
      part('root', '', { demos: [{ ticket: 'Charged twice', queue: 'billing' }] }),
    ]);
  });

  test('DSPy: each predictor with the fields of its signature', () => {
    const program = {
      classify: {
        demos: [{ q: 'x', a: 'y' }],
        signature: { instructions: 'Classify.', fields: [{ prefix: 'Ticket:', description: 'what they wrote' }, { prefix: 7 }] },
      },
      metadata: { dependency_versions: {} },
    };
    const fields = [
      { name: 'Ticket', description: 'what they wrote' },
      { name: '7', description: '' },
    ];
    expect(promptParts(program)).toEqual([part('classify', 'Classify.', { demos: [{ q: 'x', a: 'y' }], fields })]);
  });

  test('messages keep their roles', () => {
    expect(promptParts([{ role: 'system', content: 'Be brief.' }])).toEqual([{ ...part('system', 'Be brief.'), kind: 'message' }]);
  });

  test.each([[null], [undefined], [7], [true], [{}], [[]], [{ weights: [1] }], [''], [' \n']])('%j has none', (program) => {
    expect(promptParts(program)).toBeNull();
  });

  test('members that hold no text are left out', () => {
    expect(promptParts({ componentMap: { a: 1, b: 'B' }, demos: [null, 3, { programId: 1, traces: null }], programs: null })).toEqual([
      part('b', 'B'),
      part('1', ''),
    ]);
  });

  test('members of an Ax program and of a DSPy program that are not of their library are shown too', () => {
    expect(promptParts({ componentMap: { a: 'A', b: { c: 'C' } }, note: 'N' })).toEqual([
      part('a', 'A'),
      { ...part('b', '{\n  "c": "C"\n}'), kind: 'structure' },
      part('note', 'N'),
    ]);
    const dspy = { p: { signature: { instructions: 'P.' } }, router: { rules: ['x'] }, metadata: { dependency_versions: { dspy: '3' } } };
    expect(promptParts(dspy)).toEqual([part('p', 'P.'), { ...part('router', '{\n  "rules": [\n    "x"\n  ]\n}'), kind: 'structure' }]);
  });
});
