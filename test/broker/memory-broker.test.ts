import { createMemoryBroker } from '../../src/broker/memory/memory-broker.js';
import { brokerSuite } from './broker-suite.js';
import { topologySuite } from './topology-suite.js';

const broker = createMemoryBroker();
brokerSuite('in-process', () => broker);
topologySuite('in-process', () => broker);
