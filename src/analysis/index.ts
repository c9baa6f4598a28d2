/*
 * What ships, explained: reading the texts of rulesets and sets, what happens to packets, what a change opens and closes.
 * Pure functions (docs/analysis.md). Other rooms import this file.
 */
export { type AddressSet, countOf, holds, isWithin, NOBODY, type Point, rankOf, without } from './address-set.js';
export { addressSetInSteps, unionOfAll } from './address-steps.js';
export { AnalysisError } from './analysis-error.js';
export { decisionJson, explainPackets, familyOf, readPacketList } from './explain-packets.js';
export { bindRuleset, type Filter } from './filter.js';
export { readRuleset } from './read-ruleset.js';
export { addressSet, readSets } from './read-sets.js';
export { difference, type Flow, flowKind } from './difference.js';
export { flowJson, type FlowWords, packetJson } from './flow-json.js';
export { flowText } from './flow-text.js';
export { type NamedText, readTexts } from './read-texts.js';
export { type CaseWords, caseJson, verdictOfAll } from './connection-json.js';
export { checkExpectation, type ConnectionCase, connectionCases } from './connection.js';
export type { ConnectionQuery } from './connection-query.js';
export { type IdleLine, idleLines, sameOutcome } from './idle-lines.js';
export { type End, EndError, type EndPart, type Owner, isEmptyEnd, isOneHost, resolveEnd } from './ends.js';
export { reachRows } from './reach.js';
export { readProtocolValue } from './read-packet.js';
export type { ByFamily, Fleet, FleetGroup, FleetGroupEnd, FleetHost } from './fleet.js';
export { type Ruleset, type SetContents, setNamesOf } from './ruleset.js';
export { hasPorts, isIcmp, nameOfProtocol, readProtocol } from './protocols.js';
export { isAccepted } from './verdict.js';
