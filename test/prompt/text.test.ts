import { describe, expect, test } from 'vitest';
import { programText } from '../../src/prompt/text.js';

describe('a program as text', () => {
  test.each<[string, unknown, string]>([
    ['a string', 'Be brief.\n', 'Be brief.\n'],
    ['an instruction', { instruction: 'Be brief.', temperature: 0.7 }, 'Be brief.'],
    ['a prompt', { prompt: 'Be brief.', demos: [] }, 'Be brief.'],
    [
      'an instruction with demonstrations',
      { instructions: 'Add.', demos: [{ question: '1+1', answer: 2 }, 'plain'] },
      'Add.\n\n# Demonstrations\n\nquestion: 1+1\nanswer: 2\n\nplain',
    ],
    ['what Ax evolves', { componentMap: { root: 'Say which queue.' }, demos: [], programs: [] }, 'Say which queue.'],
    ['what Ax evolves, in parts', { componentMap: { a: 'One.', b: 'Two.' } }, '# a\nOne.\n\n# b\nTwo.'],
    ["GEPA's candidate", { system: '', answer: 'Answer.', query: 'Ask.' }, '# answer\nAnswer.\n\n# query\nAsk.'],
    [
      "DSPy's saved program",
      {
        'generate.predict': { traces: [], demos: [{ q: 'x', a: 'y' }], signature: { instructions: 'Answer.', fields: [] }, lm: null },
        metadata: { dependency_versions: {} },
      },
      'Answer.\n\n# Demonstrations\n\nq: x\na: y',
    ],
    [
      "DSPy's program of several predictors, with fields that say something",
      {
        classify: {
          traces: [],
          train: [],
          demos: [{ augmented: true, ticket: 'The parcel never came', label: 'shipping' }],
          signature: {
            instructions: 'Say which desk.',
            fields: [
              { prefix: 'Ticket Text:', description: `\${ticket_text}` },
              { prefix: 'Label:', description: 'billing, shipping or account' },
            ],
          },
          lm: { model: 'openai/gpt-5-mini' },
        },
        'answer.predict': {
          traces: [],
          demos: [],
          signature: { instructions: 'Answer.', fields: [{ prefix: 'Answer:', description: `\${answer}` }] },
        },
        metadata: { dependency_versions: { dspy: '3.4.1' } },
      },
      '# classify\nSay which desk.\n\n# Fields\nTicket Text\nLabel: billing, shipping or account\n\n# Demonstrations\n\nticket: The parcel never came\nlabel: shipping\n\n# answer.predict\nAnswer.',
    ],
    [
      "DSPy's program that is one predictor itself",
      { traces: [], train: [], demos: [{ q: 'x', a: 'y' }], signature: { instructions: 'Answer.', fields: [] }, lm: null },
      'Answer.\n\n# Demonstrations\n\nq: x\na: y',
    ],
    [
      'a conversation',
      {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
        ],
      },
      '# system\nBe brief.\n\n# user\nHello',
    ],
    ['two texts of one prompt', { system: 'Be brief.', user: 'Sort {ticket}.' }, '# system\nBe brief.\n\n# user\nSort {ticket}.'],
    [
      'the same under longer names',
      { system_prompt: 'Be brief.', user_prompt: 'Sort.' },
      '# system_prompt\nBe brief.\n\n# user_prompt\nSort.',
    ],
    [
      "GEPA's candidate with a component that is named instructions",
      { rules: 'Ask.', instructions: 'Answer.' },
      '# rules\nAsk.\n\n# instructions\nAnswer.',
    ],
    [
      'an instruction with demonstrations and an output format',
      { instruction: 'Sort.', demos: [{ q: 'x' }], output_format: 'One word.' },
      '# instruction\nSort.\n\n# Demonstrations for demos\n\nq: x\n\n# output_format\nOne word.',
    ],
    ['a prompt and a template', { prompt: 'Sort.', template: '{x}' }, '# prompt\nSort.\n\n# template\n{x}'],
    [
      'messages with tools',
      { messages: [{ role: 'system', content: 'Be brief.' }], tools: [{ name: 'find' }] },
      '# system\nBe brief.\n\n# tools\n[\n  {\n    "name": "find"\n  }\n]',
    ],
    [
      'two lists of demonstrations',
      { instruction: 'Sort.', demos: [{ q: 'x' }], examples: [{ q: 'y' }] },
      'Sort.\n\n# Demonstrations for demos\n\nq: x\n\n# Demonstrations for examples\n\nq: y',
    ],
    [
      "DSPy 2.5's predictor: the extended signature is the optimized one",
      { signature: { instructions: 'Old.' }, extended_signature: { instructions: 'New.' }, demos: [] },
      'New.',
    ],
    [
      'DSPy demos in the order of the signature, whatever order the database keeps',
      {
        signature: { instructions: 'Answer.', fields: [{ prefix: 'Question Text:' }, { prefix: 'Answer:' }] },
        demos: [{ answer: 'a', augmented: true, question_text: 'q' }],
      },
      'Answer.\n\n# Demonstrations\n\nquestion_text: q\nanswer: a',
    ],
    ['a list of messages', [{ role: 'system', content: 'Be brief.' }], '# system\nBe brief.'],
  ])('%s', (_, program, text) => {
    expect(programText(program)).toEqual({ text, known: true });
  });

  test.each([
    [{ weights: [1, 2] }],
    [[1, 2]],
    [{}],
    [7],
    [{ instruction: 7 }],
    [{ messages: [{ role: 1 }] }],
    [[{ role: 'tool', content: 'x', tool_call_id: 'y' }]],
    [''],
  ])('%j is no prompt, and shown whole', (program) => {
    expect(programText(program)).toEqual({ text: JSON.stringify(program, null, 2), known: false });
  });
});
