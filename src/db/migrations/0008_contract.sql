-- What a person may do about a turn that did not complete.

alter table turns add column hint text;
