/* limits.h: every ceiling in one place, unit last. A number that bounds a queue, a buffer, a loop or a
 * message stands here. */
#ifndef TUTTI_BASE_LIMITS_H
#define TUTTI_BASE_LIMITS_H

#include <stdint.h>

enum {
  /* wire */
  frame_bytes_max = 65535,       /* one Noise message: one binary WebSocket message */
  frame_plain_bytes_max = 65518, /* frame less the 16-byte tag and the continuation byte */
  message_bytes_max = 1114112,   /* a reassembled message: one bundle and its envelope */
  codec_depth_max = 16,          /* nesting of msgpack */
  codec_items_max = 262144,      /* msgpack objects in one message */
  codec_map_keys_max = 64,       /* keys of one map */
  name_bytes_max = 1024,         /* of a hub, a device, a person: 200 characters of any script */
  url_bytes_max = 512,
  program_bytes_max = 63,
  certificate_bytes_max = 2048,
  manifest_bytes_max = 8192,
  successions_max = 16, /* signing keys a hub has given up: a manifest names them all */
  succession_bytes_max = 256,
  order_bytes_max = 256,
  orders_per_message_max = 16, /* of one device, not carried out yet; older lease orders give way to newer */
  lease_days_max = 366,
  concern_readers_max = 4, /* keys a concern is sealed to: the role's, those before it, the recovery key */
  concern_name_bytes_max = 100, /* of a reader, as the form says it before anything is written */
  concern_phone_bytes_max = 40,
  concern_text_bytes_max = 3900, /* sealed and in base64url it still is one text value */
  case_text_bytes_max = 2000,    /* one step of a case */
  retention_years_default = 6,   /* register entries, as schools keep theirs */
  retention_years_max = 100,
  erasure_overdue_days = 30, /* a device that has not confirmed one by then must be fetched; the usual term */
  erasure_overdue_days_max = 365,
  device_stale_ms = 259200000, /* three days without a word: somebody should look */
  door_alert_days = 14,
  cases_listed_max = 500,
  concerns_listed_max = 500,       /* in the safeguarding role's page */
  concerns_shown_max = 20,         /* of one's own, on the device */
  receipt_bytes_max = 786432,      /* with an exception and a pin for each of its changesets */
  receipts_per_message_max = 8192, /* their bytes bound them sooner */
  streams_per_device_max = 4096,
  repair_rows_max = 32768, /* rows in one piece of a device's list */
  repair_pieces_max = 64, /* that a session answers; a device whose rows never agree is not served for ever */

  /* bundles */
  bundle_bytes_max = 1048576,
  bundle_plain_bytes_max = 1000000,
  bundle_changesets_max = 20000,
  bundle_ops_max = 32768, /* of all its changesets together */
  bundle_ids_max = 40000,
  bundle_acks_max = 1024, /* what it acknowledges; the rest goes with the next one */
  changeset_ops_max = 512,
  op_bases_max = 64,
  op_columns_max = 24,
  op_units_max = 12,
  text_bytes_max = 8192, /* one text value, before its column's own limit in characters */
  draft_bytes_max =
      20480, /* a note that was begun: its 3,000 characters as JSON, each an escape of six at most */
  clock_samples_max = 32,
  heads_per_unit_max = 64,
  compact_forms_max = 120,    /* shapes of op or row one list remembers */
  compact_sources_max = 4096, /* op counters (device, incarnation) one list names */
  ghosts_per_unit_max = 1024,
  origins_max = 1048576,       /* (device, incarnation, author) triples one database or feed batch numbers */
  database_busy_ms_max = 2000, /* how long a connection waits for another's lock */
  database_value_bytes_max = 16777216, /* one stored value, and one SQL text */
  statements_max = 1024,               /* cached per connection */
  export_file_bytes_max = 67108864,
  bundles_per_file_max = 4096,

  /* another device's file, carried over a line */
  carried_files_max = 4,             /* that one device holds, with the replies that it keeps for others */
  carried_file_bytes_max = 8000000,  /* each: of weeks it is a tenth of that, and it fits a call */
  carried_piece_bytes = 65536,       /* of its bundles that travel together; a larger one goes alone */
  carried_piece_bytes_max = 1056768, /* the file they travel in: the largest bundle and its envelope */

  /* a device */
  undo_steps_max = 64,
  place_bytes_max = 200, /* where somebody is, in the screens' own words */
  pin_attempts_max = 10,
  pin_attempts_free = 4, /* wrong ones before delays begin */
  pin_delay_first_ms = 30000,
  pin_digits_min = 6,
  lease_attempts_free = 4, /* wrong codes of the telephone before delays begin */
  lease_delay_first_ms = 30000,
  lease_save_ms = 900000,         /* how often the lease's own clock is made durable */
  lease_keep_ms = 2000,           /* and how soon what a contact brought */
  lease_warn_days = 5,            /* term days before the end: a week of school */
  outbox_bytes_max = 134217728,   /* all sealed bundles a device keeps */
  outbox_compact_bytes = 8388608, /* below this old receipted bundles are not worth a rewrite */
  outbox_spare_bytes =
      16777216,             /* beyond it, for receipts: a full outbox must still learn what it may forget */
  backup_days_default = 30, /* how old a backup the hub may be restored from, unless it says otherwise */
  backup_days_max = 3650,
  outbox_keep_beyond_days = 30,  /* a device keeps a receipted bundle this long beyond that */
  receipt_keep_days_max = 3680,  /* backup_days_max and outbox_keep_beyond_days */
  outbox_keep_days = 60,         /* of both together where a receipt says nothing */
  small_file_bytes_max = 262144, /* identity, staff */
  acks_kept_max = 65536,         /* acknowledgements a device remembers */
  bundles_in_flight_max = 8,     /* sent and not receipted yet */
  bundle_tags_max = 4096,        /* distinct registers one bundle may touch */
  changes_kept_max = 200000,     /* changesets not yet confirmed by the hub, and those kept for undo */
  changes_undo_max = 512,        /* confirmed changesets kept so that they can be undone */
  roster_rows_max = 2000,        /* learners in one register */
  day_sessions_max = 400,        /* sessions in one answer */
  schools_listed_max = 4096,     /* schools in one answer */
  closures_listed_max = 2048,    /* closures in one answer */
  activities_listed_max = 8192,  /* to choose from, by name alone */
  activities_shown_max = 2000,   /* with what is known of them, in one answer */
  activity_people_max = 2000,    /* enrolments, and grants, of one in one answer */
  activity_times_max = 64,       /* at which one meets, in one answer */
  meetings_at_once_max = 400,    /* planned, changed or taken off in one act */
  list_items_max = 50,           /* notes, progress facts, bundles in one answer */
  topics_max = 64,               /* in one `changed` event */
  door_names_max = 5,            /* shown to whoever types a name */
  door_letters_min = 3,          /* unless they are a whole name */
  hall_opens_minutes = 60,       /* before it begins somebody of a session may be in the building */
  hall_empties_minutes = 30,     /* and after it has ended */
  learners_searched_max = 20000,
  open_before_days = 14,
  term_grace_days = 14, /* a term is the current one from then on: its tutors have the registers of the last
                           week of the one before still to finish, on the device and with no line perhaps */
  horizon_piece_meetings_max = 64, /* that leave the streams in one transaction when a term has turned, */
  horizon_piece_rows_max = 1024,   /* unless they have so many rows: some five milliseconds */
  contacts_noted_max = 256,        /* devices heard of since the hub wrote something */
  staff_of_hub_max = 4096,         /* who hold sessions of one hub */
  feed_kept_max = 64,              /* batches of the feed that a store of the hub remembers as they travel */
  feed_kept_bytes_max = 4194304,
  log_gather_bytes = 65536, /* of a database's log in memory, until the sync */
  log_step_bytes = 262144,  /* and by how much its file grows */
  device_wal_pages = 16384, /* of 1 KiB: then the write-ahead log goes into the database */
  device_free_pages_max =
      256, /* more unused pages than this, and more than a quarter, and locking rewrites the file */
  feed_commit_batches = 32, /* that bring something: a device commits no more of the feed at once */
  feed_commit_ms = 1000,    /* and holds none back for longer */
  retry_hint_ms_max = 3600000,
  link_session_ms_max = 86400000, /* then a new handshake */
  passphrase_characters_min = 8,
  password_bytes_max = 1024, /* a password, PIN or passphrase; longer ones are refused before hashing */
  password_passes_max = 64,  /* costs above these come from a damaged record */
  password_memory_kib_max = 1048576,
  staff_on_device_max = 64,
  seal_pause_ms = 2000,
  search_results_max = 20,
  call_bytes_max = 262144, /* one UI call or reply */
  reconnect_first_ms = 1000,
  reconnect_max_ms = 300000,
  clock_jump_ms_max = 300000, /* wall and monotonic time may drift apart by this before stamps are unsure */
  stamp_ahead_ms_max = 300000,

  /* the kiosk's door and its line to the hub */
  ui_connections_max = 16,
  ui_sockets_max = 64,
  ui_call_bytes_max = 8388608,     /* an imported reply file is the largest call */
  ui_queue_bytes_max = 75497472,   /* replies waiting for one page: one export and more */
  web_piece_bytes = 32768,         /* written to a socket at a time */
  web_answer_bytes_max = 4096,     /* a response without a file: head and one sentence */
  link_queue_bytes_max = 67108864, /* waiting for the line */
  link_addresses_max = 8,          /* of one host name */
  link_connect_ms_max = 20000,     /* name, TCP, TLS and upgrade together */
  link_linger_ms_max = 2000,       /* for the last bytes of a line that closes */
  stop_linger_ms_max = 1000,
  core_restarts_max = 5, /* one soon after the other */

  /* the hub */
  connections_max = 12000,
  ingest_queue_bundles_max = 4096,
  ingest_group_bundles_max = 256,
  ingest_group_bytes_max = 4194304, /* bundles of one transaction; one bundle always fits */
  ingest_group_ops_max = 32768,     /* rows held in memory before they are written */
  hello_withheld_max = 64,          /* bundles a device asks about: what became of them at the office? */
  hello_earlier_max = 64,           /* earlier incarnations of which a device still holds bundles */
  alias_members_max = 256,          /* rows that stand for one child or one meeting */
  held_bundles_max = 4096,          /* how far a bundle may run ahead of the one that is missing */
  feed_batch_rows_max = 2048,
  feed_batch_bytes_max = 524288, /* of text in one batch; one row always fits */
  feed_credit_max = 64,
  session_bundles_max = 64,    /* of one session, taken and not answered */
  session_bytes_max = 8388608, /* of those bundles */
  session_streams_max = 4096,
  session_frames_max = 512,     /* of one step */
  session_ms_max = 86400000,    /* then a new one begins, with new keys */
  session_receipts_max = 4,     /* gathered before they are sent */
  erase_reason_bytes_max = 500, /* why somebody was erased, or must not be */
  retry_ms = 60000,             /* what a device is told when the hub cannot store, and up to half as much */
  catch_ups_max = 32,           /* devices that catch up at once; sync_queue_bytes_max may wait for each */
  near_bytes_max = 65536,       /* of the feed: who needs no more was hardly away, and never waits */
  catch_up_ms_typical = 2000,   /* until some have shown how long it takes */
  catch_up_ms_max = 120000,     /* who needs longer has a slow line, costs little, and no longer counts */
  gate_places_max = 16384,      /* devices that wait to catch up, most of them elsewhere */
  gate_place_ms = 600000,       /* how long the place of a device is kept that did not come back when told */
  gate_grace_ms = 5000,         /* how late it may be without being overtaken */
  gate_patience = 6,            /* how often it may be sent away before nobody overtakes it any more */
  gate_hint_ms_min = 1000,
  gate_hint_ms_max = 300000,
  deliver_quiet_ms = 2000,     /* a device that has delivered and must wait is sent away after this silence */
  deliver_patience_ms = 30000, /* the same, while something it has sealed did not come yet */
  lease_days_default = 20,     /* term days without contact before a device locks its screen */
  receipts_at_welcome_max = 256,             /* those a device lacks; the rest it gets by sending again */
  journal_transaction_bytes_max = 268435456, /* an import of a county's learners is a tenth of it */
  journal_bytes_max = 1073741824,            /* that are rewritten at once when somebody was erased */
  journal_margin_days = 2,        /* kept longer than the oldest backup a hub may be restored from */
  journal_trim_days = 7,          /* that leave it at once */
  office_counter_leap = 16777216, /* more than the office writes between a backup and its restore */
  device_counter_leap_max =
      16777216,            /* a device that starts leaves out up to as many op numbers, by chance */
  epochs_ahead_max = 1024, /* days that one may be ahead of the clock of a hub that a device tells of it */
  held_ms_max = 604800000, /* then a bundle no longer waits for the one before it */
  held_renamed_ms_max = 900000, /* nor then, since its device went on under a later incarnation */
  job_bytes_max = 67108864,
  feed_credit_batches = 8,
  handshake_ms_max = 10000,
  idle_ms_max = 900000,
  enrol_token_ms_max = 900000,
  http_head_bytes_max = 4096,
  http_body_bytes_max = 4194304,
  http_body_ms_max = 20000,
  signin_attempts_free = 4,
  signin_delay_first_ms = 2000,
  signin_lock_attempts = 10,
  signin_watched_max = 1024,        /* addresses and unknown names whose attempts are remembered */
  signin_address_attempts_max = 30, /* wrong ones from one address within the window */
  signin_address_window_ms = 900000,
  signin_unknown_ms_max = 86400000, /* how long attempts on a name that nobody has are remembered */
  office_session_ms_max = 43200000,
  office_idle_ms_max = 1800000, /* without a sign of a person; what a page asks by itself is none */
  office_touch_ms = 60000,      /* how often such a sign is written down */
  totp_step_s = 30,
  totp_window_steps = 1,     /* how far a phone's code may be off the last one, each way */
  totp_drift_steps_max = 10, /* how far a phone's clock may have drifted by and by */
  recovery_codes_max = 10,
  api_keys_max = 64,
  key_requests_a_minute_max = 120,
  audit_look_ms = 600000,      /* the same look by the same person from the same address is one entry */
  audit_looks_known_max = 256, /* looks that are remembered for that */
  audit_page_rows_max = 200,
  audit_extract_rows_max = 100000,
  office_page_rows_max = 500,
  reason_bytes_max = 1000, /* why the office decided something */
  work_listed_max = 2000,  /* matters of one kind that are put in order; the rest come as these are decided */
  work_page_rows = 50,
  work_missing_days = 28,       /* how far back a register is asked for */
  work_bulk_max = 200,          /* matters kept by one press */
  http_heads_max = 1024,        /* requests whose head is being read */
  api_body_bytes_max = 65536,   /* of one office request; uploads are other routes' */
  api_cursor_bytes_max = 16384, /* where the next page begins, before its text form */
  api_search_bytes_max = 400,
  http_answer_bytes_max = 16777216,
  writeback_columns_max = 32,
  writeback_mappings_max = 64,
  writeback_runs_kept = 50,             /* of a mapping: files of older runs go */
  writeback_state_bytes_max = 50331648, /* 24 bytes a row that was ever sent */
  http_answer_ms_max = 60000,           /* from a whole request to the end of its answer */
  http_cookie_header_bytes_max = 1024,
  http_events_max = 256,         /* event streams open at a time */
  http_events_bytes_max = 65536, /* waiting for one of them */
  http_events_beat_ms = 15000,
  http_queue_max = 512,            /* requests waiting for a thread */
  sync_queue_bytes_max = 4194304,  /* waiting for one device */
  sync_jobs_max = 16,              /* asked by one device and not answered: it is not read any further */
  job_queue_bytes_max = 268435456, /* bundles waiting for the writer: nobody is read any further */
  job_queue_max = 65536,
  sweep_ms = 1000,
  ping_ms = 300000,
  drain_ms_max = 8000,

  /* import */
  csv_line_bytes_max = 65536,
  csv_file_bytes_max = 268435456,
  csv_rows_max = 2000000,
  csv_rows_of_one_max = 99, /* contacts of one learner, where their order says whom to ring first */
  csv_errors_shown_max = 200,
};

/* Counters, stamps, positions and sequence numbers stay within what a JavaScript number holds exactly, so
 * that one more never overflows. */
#define NUMBER_MAX UINT64_C(9007199254740991)

#endif
