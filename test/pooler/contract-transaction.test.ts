import { contractBehind } from './contract.js';

await contractBehind('transaction');
