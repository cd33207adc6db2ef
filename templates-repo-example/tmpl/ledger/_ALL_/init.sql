-- Goes to no host: it is outside _DEPLOY_. Rendered when asked for:
--   facs render staging ledger init.sql --reveal | psql
CREATE ROLE {{ module.reports.username }} LOGIN PASSWORD '{{ module.reports.password }}';
CREATE DATABASE {{ module.reports.db.name }} OWNER {{ module.reports.username }};
