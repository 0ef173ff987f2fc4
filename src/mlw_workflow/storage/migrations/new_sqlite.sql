CREATE TABLE access_entry (
	seq INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	body BLOB NOT NULL, 
	signature BLOB, 
	PRIMARY KEY (seq), 
	CONSTRAINT access_entry_seq CHECK (seq >= 1), 
	CONSTRAINT access_entry_hash CHECK (length(hash) = 32)
);
CREATE TABLE access_head (
	id INTEGER NOT NULL, 
	seq INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	recorded_at VARCHAR(27), 
	PRIMARY KEY (id), 
	CONSTRAINT access_head_one CHECK (id = 1), 
	CONSTRAINT access_head_hash CHECK (length(hash) = 32)
);
INSERT INTO "access_head" VALUES(1,0,X'0000000000000000000000000000000000000000000000000000000000000000',NULL);
CREATE TABLE account (
	person_id VARCHAR NOT NULL, 
	login VARCHAR NOT NULL, 
	password VARCHAR NOT NULL, 
	is_admin BOOLEAN NOT NULL, 
	disabled_at VARCHAR(27), 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (person_id), 
	CONSTRAINT account_login_unique UNIQUE (login)
);
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('mlw0005');
CREATE TABLE api_token (
	id VARCHAR NOT NULL, 
	hash VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	scopes VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, 
	used_on DATE, 
	revoked_at VARCHAR(27), 
	PRIMARY KEY (id), 
	CONSTRAINT api_token_hash_unique UNIQUE (hash)
);
CREATE TABLE auditor (
	person_id VARCHAR NOT NULL, 
	programme VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	until DATE NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (person_id, programme, since)
);
CREATE TABLE backup_code (
	hash VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	PRIMARY KEY (hash)
);
CREATE TABLE checkpoint (
	size BIGINT NOT NULL, 
	note TEXT NOT NULL, 
	made_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (size)
);
CREATE TABLE cosignature (
	size BIGINT NOT NULL, 
	witness VARCHAR NOT NULL, 
	line TEXT NOT NULL, 
	added_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (size, witness)
);
CREATE TABLE deadline (
	pilot_id VARCHAR NOT NULL, 
	machine VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	due_on DATE, 
	status VARCHAR NOT NULL, 
	satisfied_on DATE, 
	since_seq INTEGER NOT NULL, 
	since_on DATE NOT NULL, 
	revision INTEGER NOT NULL, 
	next_on DATE, 
	handled_until DATE NOT NULL, 
	PRIMARY KEY (pilot_id, machine, rule), 
	CONSTRAINT deadline_status CHECK (status IN ('open', 'done', 'withdrawn')), 
	CONSTRAINT deadline_next CHECK (next_on IS NULL OR status = 'open')
);
CREATE TABLE definition (
	hash VARCHAR NOT NULL, 
	programme VARCHAR NOT NULL, 
	body BLOB NOT NULL, 
	installed_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (hash)
);
CREATE TABLE deputy (
	pilot_id VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	deputy_id VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	until DATE NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (pilot_id, person_id, deputy_id, since)
);
CREATE TABLE draft (
	person_id VARCHAR NOT NULL, 
	pilot_id VARCHAR NOT NULL, 
	machine VARCHAR NOT NULL, 
	"trigger" VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	updated_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (person_id, pilot_id, machine, "trigger")
);
CREATE TABLE entry_index (
	pilot_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	recorded_at VARCHAR(27) NOT NULL, 
	occurred_on DATE, 
	kind VARCHAR NOT NULL, 
	task VARCHAR NOT NULL, 
	step VARCHAR NOT NULL, 
	actor VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	late BOOLEAN NOT NULL, 
	PRIMARY KEY (pilot_id, seq)
);
CREATE TABLE evidence (
	pilot_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	field VARCHAR NOT NULL, 
	salt BLOB, 
	value BLOB, 
	erased_at VARCHAR(27), 
	PRIMARY KEY (pilot_id, seq, field), 
	CONSTRAINT evidence_erased_whole CHECK ((erased_at IS NULL AND salt IS NOT NULL AND value IS NOT NULL AND length(salt) = 32) OR (erased_at IS NOT NULL AND salt IS NULL AND value IS NULL))
);
CREATE TABLE feed_token (
	hash VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	pilot_id VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	revoked_at VARCHAR(27), 
	PRIMARY KEY (hash)
);
CREATE TABLE half_login (
	hash VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (hash)
);
CREATE TABLE heartbeat (
	name VARCHAR NOT NULL, 
	at VARCHAR(27) NOT NULL, 
	detail VARCHAR NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE idempotency (
	person_id VARCHAR NOT NULL, 
	"key" VARCHAR NOT NULL, 
	fingerprint VARCHAR NOT NULL, 
	status INTEGER NOT NULL, 
	headers TEXT NOT NULL, 
	body TEXT NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (person_id, "key")
);
CREATE TABLE identity (
	issuer VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	linked_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (issuer, subject), 
	CONSTRAINT identity_person_unique UNIQUE (issuer, person_id)
);
CREATE TABLE ledger_entry (
	pilot_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	body BLOB NOT NULL, signature BLOB, 
	PRIMARY KEY (pilot_id, seq), 
	CONSTRAINT ledger_entry_seq CHECK (seq >= 1), 
	CONSTRAINT ledger_entry_hash CHECK (length(hash) = 32), 
	FOREIGN KEY(pilot_id) REFERENCES pilot (id)
);
CREATE TABLE login_throttle (
	"key" VARCHAR NOT NULL, 
	failures INTEGER NOT NULL, 
	last_at VARCHAR(27) NOT NULL, 
	blocked_until VARCHAR(27), 
	PRIMARY KEY ("key")
);
CREATE TABLE membership (
	pilot_id VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	until DATE, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (pilot_id, person_id, role, since)
);
CREATE TABLE notice (
	"key" VARCHAR NOT NULL, 
	pilot_id VARCHAR NOT NULL, 
	machine VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	rung VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	role VARCHAR NOT NULL, 
	due_on DATE, 
	send_on DATE NOT NULL, 
	ready_at VARCHAR(27) NOT NULL, 
	reason TEXT NOT NULL, 
	urgent BOOLEAN NOT NULL, 
	status VARCHAR NOT NULL, 
	skip_reason VARCHAR NOT NULL, 
	outbox_id INTEGER, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY ("key"), 
	CONSTRAINT notice_status CHECK (status IN ('waiting', 'queued', 'skipped', 'withdrawn'))
);
CREATE TABLE one_time_link (
	hash VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	purpose VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, 
	used_at VARCHAR(27), 
	PRIMARY KEY (hash), 
	CONSTRAINT one_time_link_purpose CHECK (purpose IN ('invitation', 'reset'))
);
CREATE TABLE outbox (
	id INTEGER NOT NULL, 
	"key" VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	recipient VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	subject VARCHAR NOT NULL, 
	text TEXT NOT NULL, 
	html TEXT NOT NULL, 
	message_id VARCHAR NOT NULL, 
	once BOOLEAN NOT NULL, 
	status VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	doubts INTEGER NOT NULL, 
	next_attempt_at VARCHAR(27) NOT NULL, 
	lease_until VARCHAR(27), 
	lease_token VARCHAR, 
	last_error VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	sent_at VARCHAR(27), 
	PRIMARY KEY (id), 
	CONSTRAINT outbox_key_unique UNIQUE ("key"), 
	CONSTRAINT outbox_message_id_unique UNIQUE (message_id), 
	CONSTRAINT outbox_status CHECK (status IN ('waiting', 'leased', 'sent', 'dead', 'in_doubt')), 
	CONSTRAINT outbox_lease CHECK ((status = 'leased') = (lease_token IS NOT NULL))
);
CREATE TABLE pause (
	pilot_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	machine VARCHAR NOT NULL, 
	rule VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	kind VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	until DATE, 
	PRIMARY KEY (pilot_id, seq)
);
CREATE TABLE person (
	id VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	email VARCHAR NOT NULL, 
	language VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE pilot (
	id VARCHAR NOT NULL, 
	code VARCHAR NOT NULL, 
	municipality VARCHAR NOT NULL, 
	voivodeship VARCHAR NOT NULL, 
	programme VARCHAR NOT NULL, 
	definition VARCHAR NOT NULL, 
	start_on DATE NOT NULL, 
	end_on DATE NOT NULL, 
	opened_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT pilot_code_unique UNIQUE (code), 
	CONSTRAINT pilot_span CHECK (end_on >= start_on), 
	FOREIGN KEY(definition) REFERENCES definition (hash)
);
CREATE TABLE pilot_head (
	pilot_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	hash BLOB NOT NULL, 
	recorded_at VARCHAR(27), 
	PRIMARY KEY (pilot_id), 
	CONSTRAINT pilot_head_seq CHECK (seq >= 0), 
	CONSTRAINT pilot_head_hash CHECK (length(hash) = 32), 
	FOREIGN KEY(pilot_id) REFERENCES pilot (id)
);
CREATE TABLE policy (
	pilot_id VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (pilot_id)
);
CREATE TABLE position (
	pilot_id VARCHAR NOT NULL, 
	machine VARCHAR NOT NULL, 
	state VARCHAR NOT NULL, 
	since DATE NOT NULL, 
	recorded_at VARCHAR(27) NOT NULL, 
	seq INTEGER NOT NULL, 
	steps TEXT NOT NULL, 
	PRIMARY KEY (pilot_id, machine), 
	CONSTRAINT position_seq CHECK (seq >= 1)
);
CREATE TABLE public_page (
	pilot_id VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	since VARCHAR(27) NOT NULL, 
	PRIMARY KEY (pilot_id)
);
CREATE TABLE second_factor (
	person_id VARCHAR NOT NULL, 
	secret VARCHAR NOT NULL, 
	last_step INTEGER NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	confirmed_at VARCHAR(27), 
	PRIMARY KEY (person_id)
);
CREATE TABLE sent_form (
	digest VARCHAR NOT NULL, 
	pilot_id VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE timestamp_token (
	size BIGINT NOT NULL, 
	authority VARCHAR NOT NULL, 
	token BLOB NOT NULL, 
	stamped_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (size, authority)
);
CREATE TABLE tree_span (
	first_leaf BIGINT NOT NULL, 
	pilot_id VARCHAR NOT NULL, 
	first_seq INTEGER NOT NULL, 
	entries INTEGER NOT NULL, 
	PRIMARY KEY (first_leaf), 
	CONSTRAINT tree_span_unique UNIQUE (pilot_id, first_seq), 
	CONSTRAINT tree_span_entries CHECK (entries >= 1)
);
CREATE TABLE tree_tile (
	level INTEGER NOT NULL, 
	position BIGINT NOT NULL, 
	hashes BLOB NOT NULL, 
	PRIMARY KEY (level, position)
);
CREATE TABLE upload (
	person_id VARCHAR NOT NULL, 
	sha256 VARCHAR NOT NULL, 
	name VARCHAR NOT NULL, 
	size INTEGER NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	PRIMARY KEY (person_id, sha256)
);
CREATE TABLE upload_day (
	person_id VARCHAR NOT NULL, 
	day DATE NOT NULL, 
	bytes BIGINT NOT NULL, 
	PRIMARY KEY (person_id, day)
);
CREATE TABLE web_session (
	hash VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	seen_at VARCHAR(27) NOT NULL, 
	expires_at VARCHAR(27) NOT NULL, address VARCHAR, browser VARCHAR, 
	PRIMARY KEY (hash)
);
CREATE TABLE webhook (
	id VARCHAR NOT NULL, 
	person_id VARCHAR NOT NULL, 
	url VARCHAR NOT NULL, 
	events VARCHAR NOT NULL, 
	pilot_id VARCHAR, 
	secret VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	disabled_at VARCHAR(27), 
	PRIMARY KEY (id)
);
CREATE TABLE webhook_message (
	id INTEGER NOT NULL, 
	webhook_id VARCHAR NOT NULL, 
	event_id VARCHAR NOT NULL, 
	type VARCHAR NOT NULL, 
	body TEXT NOT NULL, 
	status VARCHAR NOT NULL, 
	attempts INTEGER NOT NULL, 
	next_attempt_at VARCHAR(27) NOT NULL, 
	lease_until VARCHAR(27), 
	lease_token VARCHAR, 
	last_error VARCHAR NOT NULL, 
	created_at VARCHAR(27) NOT NULL, 
	sent_at VARCHAR(27), 
	PRIMARY KEY (id), 
	CONSTRAINT webhook_message_unique UNIQUE (webhook_id, event_id), 
	CONSTRAINT webhook_message_status CHECK (status IN ('waiting', 'leased', 'sent', 'dead'))
);
CREATE TABLE webhook_place (
	log VARCHAR NOT NULL, 
	seq INTEGER NOT NULL, 
	PRIMARY KEY (log)
);
CREATE INDEX ix_definition_programme ON definition (programme);
CREATE INDEX ix_membership_person_id ON membership (person_id);
CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE of ledger_entry refused'); END;
CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE of ledger_entry refused'); END;
CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
    WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE pilot_id = NEW.pilot_id AND seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: REPLACE of ledger_entry refused'); END;
CREATE TRIGGER definition_no_update BEFORE UPDATE OF hash, body ON definition
    BEGIN SELECT RAISE(ABORT, 'a definition is what its hash says: UPDATE of definition refused'); END;
CREATE INDEX ix_deadline_next_on ON deadline (next_on) WHERE next_on IS NOT NULL;
CREATE INDEX ix_notice_deadline ON notice (pilot_id, machine, rule);
CREATE INDEX ix_notice_ready_at ON notice (ready_at) WHERE status = 'waiting';
CREATE INDEX ix_outbox_next_attempt_at ON outbox (next_attempt_at) WHERE status = 'waiting';
CREATE INDEX ix_outbox_lease_until ON outbox (lease_until) WHERE status = 'leased';
CREATE INDEX ix_outbox_undelivered ON outbox (status) WHERE status IN ('dead', 'in_doubt');
CREATE TRIGGER access_entry_no_update BEFORE UPDATE ON access_entry
        BEGIN SELECT RAISE(ABORT, 'access_entry is append-only: UPDATE refused'); END;
CREATE TRIGGER access_entry_no_delete BEFORE DELETE ON access_entry
        BEGIN SELECT RAISE(ABORT, 'access_entry is append-only: DELETE refused'); END;
CREATE TRIGGER checkpoint_no_update BEFORE UPDATE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: UPDATE refused'); END;
CREATE TRIGGER checkpoint_no_delete BEFORE DELETE ON checkpoint
        BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: DELETE refused'); END;
CREATE TRIGGER access_entry_no_replace BEFORE INSERT ON access_entry
        WHEN EXISTS (SELECT 1 FROM access_entry WHERE seq = NEW.seq)
        BEGIN SELECT RAISE(ABORT, 'access_entry is append-only: REPLACE refused'); END;
CREATE TRIGGER checkpoint_no_replace BEFORE INSERT ON checkpoint
        WHEN EXISTS (SELECT 1 FROM checkpoint WHERE size = NEW.size)
        BEGIN SELECT RAISE(ABORT, 'checkpoint is append-only: REPLACE refused'); END;
CREATE INDEX ix_web_session_person_id ON web_session (person_id);
CREATE INDEX ix_one_time_link_person_id ON one_time_link (person_id);
CREATE INDEX ix_backup_code_person_id ON backup_code (person_id);
CREATE INDEX ix_half_login_person_id ON half_login (person_id);
CREATE INDEX ix_identity_person_id ON identity (person_id);
CREATE INDEX ix_api_token_person_id ON api_token (person_id);
CREATE INDEX ix_idempotency_created_at ON idempotency (created_at);
CREATE INDEX ix_webhook_person_id ON webhook (person_id);
CREATE INDEX webhook_message_due ON webhook_message (status, next_attempt_at);
CREATE INDEX ix_sent_form_created_at ON sent_form (created_at);
CREATE INDEX ix_entry_index_newest ON entry_index (recorded_at, pilot_id, seq);
CREATE INDEX ix_notice_newest ON notice (send_on, "key");
CREATE INDEX ix_entry_index_pilot ON entry_index (pilot_id, recorded_at, seq);
CREATE INDEX ix_entry_index_actor ON entry_index (actor, recorded_at, pilot_id, seq);
CREATE INDEX ix_entry_index_task ON entry_index (task, recorded_at, pilot_id, seq);
CREATE INDEX ix_entry_index_kind ON entry_index (kind, recorded_at, pilot_id, seq);
CREATE INDEX ix_entry_index_late ON entry_index (recorded_at, pilot_id, seq) WHERE late;
