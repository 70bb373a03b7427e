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

  test('members that are not what they should be are left alone', () => {
    expect(promptParts({ componentMap: { a: 1, b: 'B' }, demos: [null, 3, { programId: 1, traces: 'x' }], programs: 'no' })).toEqual([
      part('b', 'B'),
      part('1', ''),
    ]);
  });
});
