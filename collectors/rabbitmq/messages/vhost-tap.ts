/** All taps of one virtual host: at each look, our queues and bindings are brought to what they should be. */
import type { Channel } from 'amqplib';
import { setMaxListeners } from 'node:events';
import type { ConnectedSource, TapContext } from '@/collectors/runtime/taps/connector';
import { isDiversion } from '../own-names';
import type { TapSurroundings } from '../tap-surroundings';
import type { BrokerBinding, BrokerTopology } from '../topology';
import { isUnreadableFrame, stepProblem, type TapStep } from './amqp-problem';
import { CopyConsumer, type CopyConsumerOptions } from './copy-consumer';
import { rulesBesideDiversion, rulesOnDiversion } from './diverted-keys';
import { DroppedCopies } from './dropped-copies';
import { closeChannel } from './open-connection';
import type { PublishRanks } from './publish-ranks';
import type { CopyReader } from './read-copy';
import { bindingIdentity, bindingsMeet, businessBindings, type BindingRule } from './routing';
import type { PlannedTap } from './tap-plan';
import { tapQueueOptions, type TapQueueLimits } from './tap-queue';
import { TapState } from './tap-state';
import { UnreadableCopies } from './unreadable-copies';
import { VhostConnection, type OpenConnection } from './vhost-connection';

export interface VhostTapOptions {
  source: ConnectedSource<'rabbitmq'>;
  vhost: string;
  context: TapContext;
  surroundings: TapSurroundings;
  ranks: PublishRanks;
  limits: TapQueueLimits;
}

export interface WantedTaps {
  taps: readonly PlannedTap[];
  /** Queues of this source's taps that nobody wants any more. */
  orphans: readonly string[];
  topology: BrokerTopology;
  reader: Omit<CopyReader, 'tap'>;
}

export class VhostTap {
  readonly states = new Map<string, TapState>();
  readonly connection = new VhostConnection();
  readonly #options: VhostTapOptions;
  readonly #unreadable = new UnreadableCopies();
  readonly #ended = new AbortController();
  readonly #running: Promise<void>;
  #wanted: WantedTaps | null = null;
  #passing: Promise<void> | null = null;
  #passAgain = false;
  #isInspecting = false;

  constructor(options: VhostTapOptions) {
    this.#options = options;
    const { source, vhost, context } = options;
    // One for each consumer.
    setMaxListeners(0, this.#ended.signal);
    const end = () => this.#ended.abort();
    if (context.signal.aborted) end();
    context.signal.addEventListener('abort', end, { once: true });
    this.#running = this.connection.run({
      source, vhost, signal: this.#ended.signal, isHeld: () => context.isHeld(),
      opened: () => void this.#pass(),
      closed: (connection) => this.#closed(connection),
    });
  }

  /** Resolves when everything that is wanted is in place, or why not is known. Never throws. */
  async look(wanted: WantedTaps): Promise<void> {
    this.#wanted = wanted;
    for (const tap of wanted.taps) {
      const state = this.states.get(tap.queue);
      if (state) state.want(tap, wanted.reader);
      else this.states.set(tap.queue, new TapState(tap, wanted.reader));
    }
    await this.#pass();
    for (const state of this.states.values()) this.#countDropped(state);
  }

  /** Closes the connection; our queues stay for a successor until they expire. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#running;
    await this.#passing;
    await Promise.all([...this.states.values()].flatMap(({ consumer }) => consumer?.ended ?? []));
  }

  /** One pass at a time; a wish that comes during a pass is fulfilled by another one. */
  #pass(): Promise<void> {
    if (this.#passing) this.#passAgain = true;
    this.#passing ??= (async () => {
      do {
        this.#passAgain = false;
        await this.#passOnce();
      } while (this.#passAgain && !this.#ended.signal.aborted);
    })().finally(() => {
      this.#passing = null;
    });
    return this.#passing;
  }

  async #passOnce(): Promise<void> {
    const connection = this.connection.current;
    if (!connection || !this.#wanted) return;
    const { taps, orphans, topology } = this.#wanted;
    const wantedQueues = new Set(taps.map(({ queue }) => queue));
    for (const state of this.states.values()) {
      if (this.connection.current !== connection || this.#ended.signal.aborted) return;
      const isWanted = wantedQueues.has(state.tap.queue);
      try {
        if (!isWanted) await this.#delete(connection, state.tap, state);
        else if (this.#options.surroundings.alarms.current().length > 0) await this.#shed(connection, state);
        else await this.#keep(connection, state, topology);
        state.problem = '';
        if (!isWanted) this.states.delete(state.tap.queue);
      } catch (error) {
        state.problem = stepProblem(error, 'bind', state.tap).message;
      }
    }
    for (const queue of orphans) {
      if (!this.states.has(queue)) await this.#act(connection, 'delete', null, (channel) => channel.deleteQueue(queue)).catch(() => undefined);
    }
  }

  /** Brings bindings to what they should be, and sees to it that copies are taken. */
  async #keep(connection: OpenConnection, state: TapState, topology: BrokerTopology): Promise<void> {
    const { tap } = state;
    const { exchange, exchangeType: type, queue } = tap;
    const bindings = await this.#bindingsFrom(connection, state, exchange);
    const diverted = await this.#diversionsOf(connection, state, bindings);
    const othersOn = (there: readonly BrokerBinding[]) => rulesOf(there.filter(({ destinationType, destination }) => destinationType === 'queue' && destination !== queue));
    const divertedRules = diverted.flatMap(({ bindings: there }) => othersOn(there));
    const business = rulesOf(businessBindings(bindings, topology));
    const oursOn = (there: readonly BrokerBinding[]) => rulesOf(there.filter(({ destinationType, destination }) => destinationType === 'queue' && destination === queue));
    state.unroutable = tap.rules.filter((rule) => ![...business, ...divertedRules].some((other) => bindingsMeet(type, other, rule))).map(({ key }) => key);

    const places = [
      { name: exchange, ours: oursOn(bindings), wanted: rulesBesideDiversion(type, tap.rules, business, divertedRules, oursOn(bindings)) },
      ...diverted.map(({ name, bindings: there }) => {
        const further = diverted.filter((other) => there.some(({ destinationType, destination }) => destinationType === 'exchange' && destination === other.name)).flatMap((other) => othersOn(other.bindings));
        return { name, ours: oursOn(there), wanted: rulesOnDiversion(type, tap.rules, othersOn(there), further, oursOn(there)) };
      }),
    ];
    const unbindOthers = async () => {
      for (const place of places) for (const { key, args } of without(place.ours, place.wanted)) await this.#act(connection, 'unbind', tap, (channel) => channel.unbindQueue(queue, place.name, key, args));
    };
    state.isShed = false;
    state.boundKeys = places.reduce((total, place) => total + place.wanted.length, 0);
    if (state.boundKeys === 0) return unbindOthers();
    const isMissing = places.some((place) => without(place.wanted, place.ours).length > 0);
    if (state.declaredOn !== connection || isMissing) await this.#declare(connection, state, places.every(({ ours }) => ours.length === 0));
    for (const place of places) {
      for (const { key, args } of without(place.wanted, place.ours)) await this.#act(connection, 'bind', tap, (channel) => channel.bindQueue(queue, place.name, key, args));
    }
    // In this order no message passes that neither of two keys copies; one that both fit is copied once.
    await unbindOthers();
    if (isMissing) this.#options.ranks.startAnew(state.channelIds(), state.wasDeclared ? 'the tap was bound anew' : '');
    state.wasDeclared = true;
    await this.#consume(connection, state);
  }

  /** Where a hold or a reroute of ours leads messages to; a reroute may lie over a hold, and then leads a part of what that diverts on. */
  async #diversionsOf(connection: OpenConnection, state: TapState, bindings: readonly BrokerBinding[], known: readonly string[] = []): Promise<{ name: string; bindings: BrokerBinding[] }[]> {
    const names = new Set(bindings.filter(({ destinationType, destination }) => destinationType === 'exchange' && isDiversion(destination) && !known.includes(destination)).map(({ destination }) => destination));
    const found = await Promise.all([...names].map(async (name) => ({ name, bindings: await this.#bindingsFrom(connection, state, name) })));
    const further = await Promise.all(found.map((one) => this.#diversionsOf(connection, state, one.bindings, [...known, ...names])));
    return [...found, ...further.flat()];
  }

  /** While the management API is away, bindings stay as they are and copies are taken all the same. @throws ManagementError */
  async #bindingsFrom(connection: OpenConnection, state: TapState, exchange: string): Promise<BrokerBinding[]> {
    try {
      return await this.#options.surroundings.topology.bindingsFrom(state.tap.vhost, exchange, this.#ended.signal);
    } catch (error) {
      if (state.wasDeclared && !state.isShed) await this.#consume(connection, state);
      throw error;
    }
  }

  async #declare(connection: OpenConnection, state: TapState, isUnbound: boolean): Promise<void> {
    const { tap } = state;
    const { messageCount, consumerCount } = await this.#act(connection, 'declare', tap, (channel) => channel.assertQueue(tap.queue, tapQueueOptions(this.#options.limits)));
    if (state.declaredOn !== connection) {
      state.dropped = new DroppedCopies(isUnbound && messageCount === 0 && consumerCount === 0);
      state.redelivered = 0n;
    }
    state.declaredOn = connection;
  }

  async #consume(connection: OpenConnection, state: TapState): Promise<void> {
    if (state.isConsuming()) return;
    const { context, ranks } = this.#options;
    state.beginAgain();
    const options: CopyConsumerOptions = {
      queue: state.tap.queue, signal: this.#ended.signal, isHeld: () => context.isHeld(),
      read: (message) => state.read(message, ranks, context.now()),
      store: (facts) => context.sink.messages(facts),
    };
    if (this.#unreadable.isSuspected(state.tap.queue)) {
      this.#isInspecting = true;
      const wasRemoved = await this.#unreadable.inspect(connection, options).finally(() => {
        this.#isInspecting = false;
      });
      if (!wasRemoved) return this.#consume(connection, state);
      context.sink.count('tap-undecodable', `${state.tap.exchange}/message`, 1);
      return;
    }
    const consumer = new CopyConsumer(connection.model, options);
    state.consumer = consumer;
    void consumer.ended.then((error) => {
      // Ended without an error: the queue was deleted, and is declared again at the next look.
      state.declaredOn = null;
      state.consumerProblem = error === null ? '' : stepProblem(error, 'consume', state.tap).message;
    });
  }

  /** The broker is short of memory or disk: nothing of ours may add to it. */
  async #shed(connection: OpenConnection, state: TapState): Promise<void> {
    if (state.isShed) return;
    await this.#delete(connection, state.tap, state);
    Object.assign(state, { isShed: true, boundKeys: 0, declaredOn: null });
    this.#options.ranks.startAnew(state.channelIds(), 'the tap stepped back during an alarm');
  }

  /** Deletes our own queue with its bindings. What waited in it is counted as dropped. */
  async #delete(connection: OpenConnection, tap: PlannedTap, state: TapState): Promise<void> {
    const { messageCount } = await this.#act(connection, 'delete', tap, (channel) => channel.deleteQueue(tap.queue));
    if (messageCount > 0) this.#options.context.sink.count('tap-copies-dropped', tap.exchange, messageCount);
    state.droppedTotal += BigInt(messageCount);
  }

  /** One act on a channel of its own, because a refusal closes the channel. Not done when the lease has ended. */
  async #act<T>({ model }: OpenConnection, step: TapStep, tap: PlannedTap | null, act: (channel: Channel) => Promise<T>): Promise<T> {
    try {
      const channel = await model.createChannel();
      channel.on('error', () => undefined);
      if (!this.#options.context.isHeld()) throw new Error('The lease of this tap has ended.');
      const result = await act(channel);
      await closeChannel(channel);
      return result;
    } catch (error) {
      throw tap === null ? error : stepProblem(error, step, tap);
    }
  }

  #countDropped(state: TapState): void {
    const more = state.dropped.take(this.#options.surroundings.queue(this.#options.vhost, state.tap.queue), state.redelivered);
    if (more === 0n) return;
    state.droppedTotal += more;
    this.#options.context.sink.count('tap-copies-dropped', state.tap.exchange, Number(more));
    this.#options.ranks.startAnew(state.channelIds(), 'copies were dropped');
  }

  #closed(connection: OpenConnection): void {
    const consumed = [...this.states.values()].filter((state) => state.declaredOn === connection).map(({ tap }) => tap.queue);
    if (isUnreadableFrame(connection.error()) && !this.#isInspecting) this.#unreadable.suspect(consumed);
  }
}

function rulesOf(bindings: readonly BrokerBinding[]): BindingRule[] {
  return bindings.map(({ routingKey, arguments: args }) => ({ key: routingKey, args }));
}

function without(rules: readonly BindingRule[], others: readonly BindingRule[]): BindingRule[] {
  const identities = new Set(others.map(bindingIdentity));
  return rules.filter((rule) => !identities.has(bindingIdentity(rule)));
}
