-- A filter of pandoc for slides: a quotation becomes the speaker's notes, and a box of the console is
-- shown command by command, as if it was typed in the room.

-- A box of the console looks as on the page, so it is page.lua that makes it. It returns its filters.
local page = dofile((PANDOC_SCRIPT_FILE:gsub('slides%.lua$', 'page.lua')))
local parts = page[2]

-- With each key the answer comes, and the next command. So a speaker can ask what it will be.
-- (\0 stands where a new key is needed. A line that begins with > goes on with its command.)
local function one_by_one(block)
    local html = block.text:gsub('\n(<span class="prompt">([^<]*)</span>)', function(prompt, text)
        return text:match('^&gt;') and '\n' .. prompt or '\0\n' .. prompt
    end):gsub('<samp>', '\0<samp>'):gsub('</samp>\0', '</samp>')
    local shown = {}
    for part in (html .. '\0'):gmatch('(.-)\0') do
        table.insert(shown, part)
    end
    for i = 2, #shown do
        local text, last = shown[i]:match('^(.-)(</code></pre></div>)$')
        shown[i] = '<span class="fragment">' .. (text or shown[i]) .. '</span>' .. (last or '')
    end
    return pandoc.RawBlock('html', table.concat(shown))
end

local function code_block(block)
    if block.classes[1] == 'console' then
        return one_by_one(parts.CodeBlock(block))
    end
end

local function notes(block)
    return pandoc.Div(block.content, {class = 'notes'})
end

-- The first slide has the title alone, in the same size as the others.
local function title(header)
    if header.level == 1 then
        header.level = 2
        header.classes:insert('title')
        return header
    end
end

return {
    {CodeBlock = code_block, BlockQuote = notes, Header = title, Link = parts.Link, RawBlock = parts.RawBlock},
}
