// Runs an external copy of the official conformance suite (adlnet/lrs-conformance-test-suite, installed by whoever has it)
// against a server of ours: for each version of xAPI one with an empty folder, an organisation and a credential that may
// do everything. Prints passed/total and what failed; exits with 0 only if everything passed.
//
//   node lrs/conformance.mjs FOLDER-OF-THE-SUITE [VERSION…]
//
// PALESTRA_MONGODB_URI and the other settings of servers are passed on; each version gets a database of its own there.
// PALESTRA names another program than bin/palestra.
import { spawn, execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const [folder, ...wanted] = process.argv.slice(2);
if (!folder) {
	console.error('Say where the suite is: make conformance SUITE=<folder>. It is not part of this repository.');
	process.exit(2);
}
const suite = resolve(folder);
const program = resolve(process.env.PALESTRA ?? 'bin/palestra');
const versions = wanted.length > 0 ? wanted : ['1.0.3', '2.0.0'];

function freePort() {
	return new Promise((done, fail) => {
		const s = createServer();
		s.on('error', fail);
		s.listen(0, '127.0.0.1', () => {
			const { port } = s.address();
			s.close(() => done(port));
		});
	});
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

async function ready(url, server) {
	for (let n = 0; n < 300; n++) {
		if (server.exitCode !== null) throw new Error('the server ended; see its output above');
		try {
			if ((await fetch(url + '/readyz')).ok) return;
		} catch {
			// not yet
		}
		await pause(100);
	}
	throw new Error('the server is not ready after 30 seconds');
}

// failures lists the tests of a log that failed and are no groups of others.
function failures(node, path = []) {
	if (!node || typeof node !== 'object') return [];
	const here = [...path, node.name ?? node.title ?? ''];
	const below = (node.tests ?? []).flatMap((t) => failures(t, here));
	if (below.length > 0 || node.status !== 'failed') return below;
	return [`${here.slice(1).join(' › ')}\n      ${node.error ?? ''}`];
}

async function battery(version) {
	const room = await mkdtemp(join(tmpdir(), 'palestra-conformance-'));
	const url = `http://127.0.0.1:${await freePort()}`;
	const env = { ...process.env, PALESTRA_ADDR: url.slice('http://'.length), PALESTRA_PUBLIC_URL: url, PALESTRA_DATA: join(room, 'data'), PALESTRA_KEYS: join(room, 'keys'), PALESTRA_LOG: 'warn:text' };
	if (env.PALESTRA_MONGODB_URI) {
		const uri = new URL(env.PALESTRA_MONGODB_URI); // a database of its own, which stays
		uri.pathname = `/conformance-${version.replaceAll('.', '-')}-${Date.now()}`;
		env.PALESTRA_MONGODB_URI = uri.href;
	}
	const log = await open(join(room, 'server.log'), 'w');
	const server = spawn(program, ['serve'], { env, cwd: room, stdio: ['ignore', log.fd, log.fd] });
	const ended = new Promise((done) => server.on('exit', done));
	try {
		await ready(url, server);
		const slug = `conformance-${version.replaceAll('.', '-')}`;
		await run(program, ['admin', 'organisation', 'create', slug], { env });
		const made = await run(program, ['admin', 'lrs-credential', '--organisation', slug, '--scope', 'all', '--version', version], { env });
		const [key, secret] = made.stdout.trim().split(/\s+/);
		const began = Date.now();
		const out = await new Promise((done, fail) => {
			const p = spawn('node', ['bin/console_runner.js', '-e', url + '/xapi', '-a', '-u', key, '-p', secret, '-x', version], { cwd: suite });
			let text = '';
			for (const s of [p.stdout, p.stderr]) s.on('data', (b) => (text += b));
			p.on('error', fail);
			p.on('exit', () => done(text));
		});
		const file = /Full run log written to (.+)/.exec(out)?.[1]?.trim();
		if (!file) throw new Error(`the suite wrote no log:\n${out.slice(-2000)}`);
		const result = JSON.parse(await readFile(file, 'utf8'));
		const { total, passed } = result.summary;
		console.log(`xAPI ${version}: ${passed}/${total} in ${Math.round((Date.now() - began) / 1000)} s`);
		for (const f of failures(result.log)) console.log(`  failed: ${f}`);
		return total > 0 && passed === total;
	} catch (e) {
		console.error(`xAPI ${version}: ${e.message}`);
		console.error((await readFile(join(room, 'server.log'), 'utf8')).slice(-2000));
		return false;
	} finally {
		if (server.exitCode === null) server.kill('SIGTERM');
		await ended;
		await log.close();
		await rm(room, { recursive: true, force: true });
	}
}

let whole = true;
for (const v of versions) whole = (await battery(v)) && whole;
process.exit(whole ? 0 : 1);
