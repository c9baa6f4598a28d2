/*
 * What ships, explained: reading the texts of rulesets and sets, what happens to packets, what a change opens and closes.
 * Pure functions (docs/analysis.md). Other rooms import this file.
 */
export type { AddressSet } from './address-set.js';
export { AnalysisError } from './analysis-error.js';
export { decidePacket } from './decide-packet.js';
export { decisionJson, explainPackets, familyOf, type PacketList, readPacketList } from './explain-packets.js';
export { bindRuleset, type Filter } from './filter.js';
export { type Chain, type Packet, type State, STATES } from './packet.js';
export { readPacket, readProtocolValue } from './read-packet.js';
export { readRuleset } from './read-ruleset.js';
export { addressSet, readSets } from './read-sets.js';
export type { OutOfScope, Ruleset, SetContents } from './ruleset.js';
export type { Decision, Outcome, RuleVerdict, Verdict } from './verdict.js';
export { difference, type Flow, flowKind } from './difference.js';
export { addressesJson, flowJson, type FlowWords, NO_WORDS, packetJson } from './flow-json.js';
export { isAccepted } from './verdict.js';
export { flowText } from './flow-text.js';
export { type NamedText, readTexts } from './read-texts.js';
export { checkExpectation, type ConnectionCase, connectionCases, type Step } from './connection.js';
export type { ConnectionQuery } from './connection-query.js';
export { type End, EndError, type EndPart, type Owner, resolveEnd } from './ends.js';
export type { ByFamily, Fleet, FleetGroup, FleetHost } from './fleet.js';
