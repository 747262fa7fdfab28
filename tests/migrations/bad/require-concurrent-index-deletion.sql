SET LOCAL lock_timeout = '5s';
DROP INDEX item_agency;
